"""Staff change the life of an appointment in the admin, and see what happened to it."""

import pytest
from django.db import transaction

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

ADMIN = "/admin/appointments"


def change(staff, appointment, **changes):
    """Send the form of the appointment as it is shown, with the changes."""
    url = f"{ADMIN}/appointment/{appointment.pk}/change/"
    form = staff.get(url).context["adminform"].form
    date, time = form["start"].field.widget.decompress(appointment.start)
    sent = {name: form[name].value() or "" for name in form.fields if name != "start"}
    sent |= {"start_0": date, "start_1": time} | changes
    return staff.post(url, sent)


def test_cancelling_tells_when_by_whom_and_how_late(staff):
    appointment = AppointmentFactory(start=NOW + HOUR)

    response = change(
        staff, appointment, status="cancelled", cancellation_reason="illness"
    )

    assert response.status_code == 302, response.context["errors"]
    appointment.refresh_from_db()
    assert appointment.cancelled_by == "practice"
    assert appointment.cancellation_reason == "illness"
    assert appointment.cancelled_late
    assert NOW <= appointment.cancelled_at < NOW + HOUR


def test_what_had_been_published_is_published_again(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION, was_published=True)

    change(staff, appointment, status="cancelled")

    again = Appointment.objects.get(status="available")
    assert (again.start, again.therapist) == (FIRST_SESSION, appointment.therapist)
    assert Appointment.objects.count() == 2


def test_a_status_takes_what_belongs_to_another_with_it(staff):
    appointment = AppointmentFactory(cancelled=True, start=NOW - HOUR)

    response = change(staff, appointment, status="completed")

    assert response.status_code == 302, response.context["errors"]
    appointment.refresh_from_db()
    assert (appointment.cancelled_by, appointment.cancelled_at) == ("", None)
    assert appointment.concluded_at


@pytest.mark.parametrize(
    ("status", "code"), [("completed", "not_started"), ("held", "invalid_choice")]
)
def test_a_status_that_would_lose_a_booking_to_come_is_refused(
    staff, nothing_changes, status, code
):
    appointment = AppointmentFactory(start=FIRST_SESSION)

    with nothing_changes():
        response = change(staff, appointment, status=status)

    [error] = response.context["adminform"].form.errors["status"].as_data()
    assert error.code == code


def test_a_date_that_is_moved_is_an_exception_of_its_series(staff):
    first, _ = SeriesFactory().appointments.order_by("occurrence")

    change(staff, first, start_1="15:00")

    marked = Appointment.objects.filter(is_exception=True)
    assert list(marked.values_list("pk", flat=True)) == [first.pk]


@pytest.mark.parametrize("status", ["booked", "available"])
def test_who_takes_the_place_of_a_client_gets_no_part_in_the_series(staff, status):
    first, _ = SeriesFactory().appointments.order_by("occurrence")
    client = UserFactory().pk if status == "booked" else ""

    response = change(staff, first, client=client, status=status)

    assert response.status_code == 302, response.context["errors"]
    first.refresh_from_db()
    assert first.client_id == (client or None)
    assert (first.series, first.occurrence, first.is_exception) == (None, None, False)


def test_a_hold_that_is_over_is_in_nobody_s_way(staff, clock):
    booked = AppointmentFactory(start=FIRST_SESSION + 3 * HOUR)
    AppointmentFactory(held=True, therapist=booked.therapist, start=FIRST_SESSION)
    clock.move_to(NOW + HOUR)

    response = change(staff, booked, start_1="09:00")

    assert response.status_code == 302, response.context["errors"]
    assert Appointment.objects.get().start == FIRST_SESSION


@pytest.mark.django_db(transaction=True)
def test_nobody_changes_it_while_the_form_is_saved(boss, overtaken):
    booked = AppointmentFactory(start=FIRST_SESSION)

    def free():
        rows = Appointment.objects.select_for_update(no_key=True, skip_locked=True)
        with transaction.atomic():
            return list(rows)

    saving = 'UPDATE "appointments_appointment"'
    with overtaken(by=free, before=saving) as found:
        response = change(boss, booked, type="consultation")

    assert response.status_code == 302, response.context["errors"]
    assert found == [[]]


def test_who_changed_it_is_kept_and_shown(staff, clerk):
    appointment = AppointmentFactory(start=NOW - HOUR)

    change(staff, appointment, status="completed")

    kept = appointment.history.order_by("-pgh_id").first()
    assert kept.status == "completed"
    assert kept.pgh_context["user"] == clerk.pk
    assert kept.pgh_context["role"] == "practice"
    page = staff.get(f"{ADMIN}/appointment/{appointment.pk}/change/").content.decode()
    assert "<td>completed</td>" in page
    assert f"<td>{clerk.email}</td>" in page


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_only_what_is_booked_again_was_reopened(staff, told, clerk, status):
    appointment = AppointmentFactory(start=NOW - HOUR, status="completed")

    change(staff, appointment, status=status)

    assert told(clerk, appointment)[-1]["what"] == status


def test_nobody_is_told_after_the_form(staff, clerk):
    appointment = AppointmentFactory(start=NOW - HOUR)
    change(staff, appointment, status="completed")

    other = AppointmentFactory()

    assert other.history.get().pgh_context is None


def test_who_booked_a_series_is_shown(api, staff, boss):
    kit, therapist = UserFactory(name="Kit Moss"), TherapistFactory()
    wish = {"therapist_id": therapist.pk, "type": "one-off", "duration": 60}
    wish |= {"start": FIRST_SESSION.isoformat(), "every_weeks": 1, "count": 2}
    id = api(kit).post("/api/v1/series", wish).json()["id"]

    page = staff.get(f"{ADMIN}/series/{id}/change/").content.decode()

    assert f"<td>insert</td><td></td><td>{kit.email}</td><td>client</td>" in page


def test_series_are_there_to_look_at(staff):
    series = SeriesFactory(client=UserFactory(name="Kit Moss"))

    listed = staff.get(f"{ADMIN}/series/")
    shown = staff.get(f"{ADMIN}/series/{series.pk}/change/")
    changed = staff.post(f"{ADMIN}/series/{series.pk}/change/", {"count": 3})

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "Kit Moss" in listed.content.decode()
    assert changed.status_code == 403
