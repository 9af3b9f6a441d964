"""The forms of appointments in the admin, as a browser sends them."""

from therapists.tests.factories import TherapistFactory

URL = "/admin/appointments/appointment/"
ADD = f"{URL}add/"


def new_form(therapist=None, client=None, **changes):
    """Return the form of a new appointment: the first session."""
    return {
        "therapist": (therapist or TherapistFactory()).pk,
        "client": client.pk if client else "",
        "type": "one-off",
        "start_0": "2030-01-07",
        "start_1": "09:00",
        "duration": 60,
    } | changes


def get_url(appointment):
    return f"{URL}{appointment.pk}/change/"


def get_form(browser, appointment):
    return browser.get(get_url(appointment)).context["adminform"].form


def load(browser, appointment):
    """Load the page; return what the browser sends back if nobody types anything."""
    form = get_form(browser, appointment)
    enabled = [name for name, field in form.fields.items() if not field.disabled]
    sent = {name: form[name].value() or "" for name in enabled}
    if "start" in sent:
        start = form.fields["start"].widget.decompress(sent.pop("start"))
        sent["start_0"], sent["start_1"] = start
    return sent


def change(browser, appointment, **changes):
    """Load the page, type the changes, and save."""
    return browser.post(get_url(appointment), load(browser, appointment) | changes)
