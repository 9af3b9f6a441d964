"""Booking requests for the period of an available appointment."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes

pytestmark = pytest.mark.django_db


def test_a_request_equal_to_an_available_appointment_books_it(add):
    appointment = AppointmentFactory(available=True, start=FIRST_SESSION)
    client = UserFactory()

    response = add(client, booking_request(appointment.therapist))

    assert response.status_code == 201
    assert response.data["id"] == appointment.pk
    row = Appointment.objects.get()
    assert (row.status, row.client) == ("booked", client)
    assert row.created_at == appointment.created_at
    assert row.updated_at > appointment.updated_at


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": 30},
        {"type": "consultation"},
        {"start": (FIRST_SESSION + HOUR / 2).isoformat()},
    ],
)
def test_a_request_that_differs_from_an_available_appointment_is_refused(
    add, nothing_changes, changes
):
    appointment = AppointmentFactory(available=True, start=FIRST_SESSION)
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(appointment.therapist, **changes))

    assert response.status_code == 409


def test_a_busy_client_cannot_book_an_available_appointment(add, nothing_changes):
    appointment = AppointmentFactory(available=True, start=FIRST_SESSION)
    client = AppointmentFactory(start=FIRST_SESSION).client

    with nothing_changes():
        response = add(client, booking_request(appointment.therapist))

    assert response.status_code == 409
    assert codes(response) == ["client_busy"]


def test_an_available_appointment_keeps_its_break(add):
    appointment = AppointmentFactory(available=True, start=FIRST_SESSION)
    appointment.therapist.break_minutes = 30
    appointment.therapist.save()

    add(UserFactory(), booking_request(appointment.therapist))

    assert Appointment.objects.get().busy_until == appointment.end


def test_no_rule_refuses_an_available_appointment(add):
    appointment = AppointmentFactory(
        available=True, start=FIRST_SESSION, therapist__notice_hours=24 * 60
    )

    response = add(UserFactory(), booking_request(appointment.therapist))

    assert response.status_code == 201
    assert response.json()["id"] == appointment.pk
