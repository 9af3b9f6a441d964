"""How tests read the warnings of the admin."""

from django.contrib.messages import get_messages


def get_warnings(response):
    """Return the texts of the warnings that the next page shows."""
    shown = get_messages(response.wsgi_request)
    return [m.message for m in shown if m.level_tag == "warning"]


def get_link(appointment):
    return f'href="/admin/appointments/appointment/{appointment.pk}/change/"'
