"""The admin records and shows the author of each change of an appointment."""

import pytest

from appointments.models import Appointment
from appointments.tests.admin import ADD, change, get_url, load, new_form
from appointments.tests.factories import (
    HOUR,
    NOW,
    AppointmentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"status": "completed"}, "completed"),
        ({"status": "no_show"}, "no_show"),
        ({"status": "cancelled"}, "cancelled"),
        ({"type": "consultation"}, "changed"),
    ],
)
def test_a_change_is_recorded_and_shown_with_its_author(staff, clerk, changes, what):
    appointment = AppointmentFactory(start=NOW - HOUR / 2)
    form = load(staff, appointment) | changes

    response = staff.post(
        get_url(appointment), form, headers={"X-Request-ID": "front-desk-1"}
    )

    assert response.status_code == 302
    event = appointment.history.order_by("-pgh_id").first()
    ours = event.pgh_context["request_id"]
    assert event.pgh_context == {
        "user": clerk.pk,
        "role": "practice",
        "caller_request_id": "front-desk-1",
        "request_id": ours,
    }
    page = staff.get(get_url(appointment)).content.decode()
    assert f"<td>{what}</td>" in page
    assert f"<td>{clerk.email}</td><td>practice</td><td>front-desk-1</td>" in page
    assert f"<td>{ours}</td>" in page


def test_an_addition_is_recorded_with_its_author(staff, clerk, get_history):
    staff.post(ADD, new_form(), headers={"X-Request-ID": "front-desk-1"})

    [entry] = get_history(clerk, Appointment.objects.get())
    assert entry["what"] == "available"
    assert entry["role"] == "practice"
    assert entry["user"]["id"] == clerk.pk
    assert entry["request_id"] == "front-desk-1"


def test_a_reopened_appointment_is_named_so_before_its_next_status(
    staff, get_history, clerk
):
    appointment = AppointmentFactory(start=NOW - HOUR, status="completed")

    change(staff, appointment, status="booked")
    change(staff, appointment, status="no_show")

    names = [entry["what"] for entry in get_history(clerk, appointment)]
    assert names == ["completed", "reopened", "no_show"]


def test_the_author_ends_with_the_form(staff):
    appointment = AppointmentFactory(start=NOW - HOUR)
    change(staff, appointment, status="completed")

    other = AppointmentFactory()

    assert other.history.get().pgh_context is None
