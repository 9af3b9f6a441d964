"""Staff change the status of an appointment in the admin, by the API's operations."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.admin import change, get_form
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
)
from booking.tests.admin import form_codes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "others"),
    [
        (Status.AVAILABLE, ["booked", "cancelled"]),
        (Status.HELD, ["booked", "cancelled"]),
        (Status.BOOKED, ["cancelled", "completed", "no_show"]),
        (Status.COMPLETED, ["booked"]),
        (Status.NO_SHOW, ["booked"]),
        (Status.CANCELLED, []),
    ],
)
def test_the_form_offers_the_status_and_those_that_an_operation_leads_to(
    staff, status, others
):
    client = {"client": None} if status == Status.AVAILABLE else {}
    appointment = AppointmentFactory(status=status, **client)

    form = get_form(staff, appointment)

    assert [value for value, _ in form.fields["status"].choices] == [status, *others]


def test_a_cancellation_records_its_time_its_author_its_reason_and_that_it_is_late(
    staff,
):
    appointment = AppointmentFactory(start=NOW + HOUR)

    response = change(
        staff, appointment, status="cancelled", cancellation_reason="illness"
    )

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert appointment.cancelled_by == "practice"
    assert appointment.cancellation_reason == "illness"
    assert appointment.cancelled_late
    assert NOW <= appointment.cancelled_at < NOW + HOUR


@pytest.mark.parametrize("status", [Status.HELD, Status.AVAILABLE])
def test_only_the_cancellation_of_a_booked_appointment_is_late(staff, status):
    client = {"client": None} if status == Status.AVAILABLE else {}
    appointment = AppointmentFactory(start=NOW + HOUR, status=status, **client)

    response = change(staff, appointment, status="cancelled")

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED
    assert not appointment.cancelled_late


def test_a_published_appointment_is_published_again_with_its_first_moments(
    staff, clock
):
    clock.move_to(NOW - timedelta(days=3))
    appointment = AppointmentFactory(start=FIRST_SESSION, was_published=True)
    clock.move_to(NOW)

    response = change(staff, appointment, status="cancelled")

    assert response.status_code == 302, form_codes(response)
    again = Appointment.objects.get(status="available")
    assert (again.start, again.therapist) == (FIRST_SESSION, appointment.therapist)
    assert again.created_at == again.updated_at == appointment.created_at
    assert Appointment.objects.count() == 2


def test_a_withdrawn_appointment_is_not_published_again(staff):
    appointment = AppointmentFactory(start=FIRST_SESSION, available=True)

    change(staff, appointment, status="cancelled")

    assert Appointment.objects.get().status == Status.CANCELLED


@pytest.mark.parametrize("status", ["completed", "no_show"])
def test_staff_conclude_an_appointment_and_reopen_it(staff, status):
    appointment = AppointmentFactory(start=NOW - HOUR)

    concluded = change(staff, appointment, status=status)
    appointment.refresh_from_db()
    concluded_at = appointment.concluded_at
    reopened = change(staff, appointment, status="booked")

    assert (concluded.status_code, reopened.status_code) == (302, 302)
    assert NOW <= concluded_at <= timezone.now()
    appointment.refresh_from_db()
    assert (appointment.status, appointment.concluded_at) == (Status.BOOKED, None)


def test_staff_book_an_available_appointment_for_a_client(staff, stranger):
    appointment = AppointmentFactory(start=FIRST_SESSION, available=True)

    response = change(staff, appointment, client=stranger.pk, status="booked")

    assert response.status_code == 302, form_codes(response)
    appointment.refresh_from_db()
    assert (appointment.client, appointment.status) == (stranger, Status.BOOKED)
    assert appointment.was_published


def test_an_expired_hold_of_a_published_appointment_is_shown_as_available(
    staff, clerk, clock, stranger
):
    held = AppointmentFactory(held=True, was_published=True, start=FIRST_SESSION)
    clock.move_to(NOW + HOUR)
    staff.force_login(clerk)

    form = get_form(staff, held)
    response = change(staff, held, client=stranger.pk, status="booked")

    assert (form["status"].value(), form["client"].value()) == ("available", None)
    assert response.status_code == 302, form_codes(response)
    assert Appointment.objects.get().client == stranger


def test_an_expired_hold_that_was_not_published_is_not_found(staff, clock):
    held = AppointmentFactory(held=True)
    clock.shift(timedelta(minutes=11))

    response = staff.get(f"/admin/appointments/appointment/{held.pk}/change/")

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("appointment", "changes", "refused"),
    [
        pytest.param(
            {}, {"status": "completed"}, {"status": ["not_started"]}, id="too early"
        ),
        pytest.param(
            {}, {"status": "held"}, {"status": ["invalid_choice"]}, id="holds"
        ),
        pytest.param(
            {}, {"status": "available"}, {"status": ["invalid_choice"]}, id="publishes"
        ),
        pytest.param(
            {"cancelled": True},
            {"status": "booked"},
            {"status": ["invalid_choice"]},
            id="restores",
        ),
        pytest.param(
            {"start": NOW - 2 * HOUR},
            {"status": "cancelled"},
            {"status": ["already_over"]},
            id="cancels afterwards",
        ),
        pytest.param(
            {"status": Status.COMPLETED, "concluded_at": NOW - timedelta(days=8)},
            {"status": "booked"},
            {"status": ["too_late_to_reopen"]},
            id="reopens too late",
        ),
        pytest.param(
            {"held": True},
            {"status": "booked"},
            {"status": ["already_held"]},
            id="books for the holder",
        ),
        pytest.param(
            {"available": True},
            {"status": "booked"},
            {"client": ["required"]},
            id="books for no client",
        ),
        pytest.param(
            {"available": True, "start": NOW - HOUR},
            {"status": "booked", "client": "a client"},
            {"status": ["already_started"]},
            id="books too late",
        ),
        pytest.param(
            {"available": True},
            {"client": "a client"},
            {"client": ["not_booked"]},
            id="client without booking",
        ),
        pytest.param(
            {},
            {"cancellation_reason": "illness"},
            {"cancellation_reason": ["not_cancelled"]},
            id="reason without cancelling",
        ),
    ],
)
def test_a_refused_change_is_an_error_at_its_field(
    staff, nothing_changes, appointment, changes, refused
):
    appointment = AppointmentFactory(**({"start": FIRST_SESSION} | appointment))
    if "client" in changes:
        changes = changes | {"client": UserFactory().pk}

    with nothing_changes():
        response = change(staff, appointment, **changes)

    assert response.status_code == 200
    assert form_codes(response) == refused
