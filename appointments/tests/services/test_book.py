"""Booking an available appointment; test_holds.py books holds."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import CONCLUDED, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    get_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import ClosureFactory, TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment(therapist):
    """The first session, available."""
    return AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)


def test_a_client_books_an_available_appointment(operate, appointment):
    client = UserFactory()

    response = operate(client, "book", appointment)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (
        appointment.pk,
        client,
        Status.BOOKED,
    )
    assert row.was_published
    assert response.data["id"] == appointment.pk
    assert response.data["status"] == "booked"
    assert response.data["client"] == {
        "id": client.pk,
        "name": client.name,
        "email": client.email,
        "phone": None,
    }


def test_booking_keeps_the_published_break(operate, appointment):
    appointment.therapist.break_minutes = 45
    appointment.therapist.save()

    assert operate(UserFactory(), "book", appointment).status_code == 200

    assert Appointment.objects.get().busy_until == appointment.busy_until


def test_no_rule_refuses_an_available_appointment(operate, appointment):
    ClosureFactory(start=FIRST_SESSION.date(), end=FIRST_SESSION.date())

    assert operate(UserFactory(), "book", appointment).status_code == 200


def test_staff_book_for_any_client(operate, appointment):
    client = UserFactory()

    response = operate(
        UserFactory(staff=True), "book", appointment, {"client_id": client.pk}
    )

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().client == client


@pytest.mark.parametrize("status", [Status.BOOKED, *CONCLUDED])
def test_a_therapist_books_for_a_present_or_former_client(operate, appointment, status):
    past = {} if status not in CONCLUDED else {"start": NOW - timedelta(days=9)}
    known = AppointmentFactory(therapist=appointment.therapist, status=status, **past)

    response = operate(
        appointment.therapist.user,
        "book",
        appointment,
        {"client_id": known.client_id},
    )

    assert response.status_code == 200, response.data
    appointment.refresh_from_db()
    assert (appointment.client, appointment.status) == (
        known.client,
        Status.BOOKED,
    )


@pytest.mark.parametrize("role", ["therapist", "practice"])
@pytest.mark.parametrize("body", [{}, {"client_id": None}], ids=["absent", "null"])
def test_staff_and_the_therapist_must_name_a_client(
    operate, appointment, nothing_changes, role, body
):
    user = get_user(appointment, role)

    with nothing_changes():
        response = operate(user, "book", appointment, body)

    assert response.status_code == 400
    assert refusals(response) == [("client_id", "required")]


@pytest.mark.parametrize("role", ["client", "practice"])
@pytest.mark.parametrize(
    ("offset", "status"),
    [
        pytest.param(-HOUR, 200, id="ends as it starts"),
        pytest.param(-HOUR / 2, 409, id="overlaps its start"),
        pytest.param(HOUR / 2, 409, id="overlaps its end"),
        pytest.param(HOUR, 200, id="starts as it ends"),
    ],
)
def test_a_busy_client_cannot_book(operate, appointment, role, offset, status):
    client = AppointmentFactory(start=FIRST_SESSION + offset).client
    body = {"client_id": client.pk} if role == "practice" else {}
    user = client if role == "client" else UserFactory(staff=True)

    response = operate(user, "book", appointment, body)

    assert response.status_code == status
    appointment.refresh_from_db()
    assert appointment.client == (client if status == 200 else None)
    if status == 409:
        assert refusals(response) == [(None, "client_busy")]


@pytest.mark.parametrize("role", ["therapist", "practice"])
@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        pytest.param(-1, 200, id="just before its start"),
        pytest.param(0, 409, id="as it starts"),
        pytest.param(60, 409, id="after its start"),
    ],
)
def test_a_started_appointment_cannot_be_booked(
    operate, clock, appointment, role, seconds, status
):
    known = AppointmentFactory(therapist=appointment.therapist).client
    user = get_user(appointment, role)
    clock.move_to(FIRST_SESSION + timedelta(seconds=seconds), tick=False)

    response = operate(user, "book", appointment, {"client_id": known.pk})

    assert response.status_code == status
    appointment.refresh_from_db()
    assert appointment.client == (known if status == 200 else None)
    if status == 409:
        assert codes(response) == ["already_started"]


def test_an_inactive_therapists_appointment_is_hidden_from_clients(
    operate, stranger, appointment, nothing_changes
):
    appointment.therapist.is_active = False
    appointment.therapist.save()

    with nothing_changes():
        response = operate(stranger, "book", appointment)

    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_staff_book_in_an_inactive_diary(operate, appointment):
    appointment.therapist.is_active = False
    appointment.therapist.save()
    body = {"client_id": UserFactory().pk}

    response = operate(UserFactory(staff=True), "book", appointment, body)

    assert response.status_code == 200
    assert Appointment.objects.get().status == Status.BOOKED


def test_a_hold_with_a_deactivated_therapist_cannot_be_booked(
    operate, therapist, nothing_changes
):
    hold = AppointmentFactory(therapist=therapist, held=True)
    therapist.is_active = False
    therapist.save()

    with nothing_changes():
        response = operate(hold.client, "book", hold)

    assert response.status_code == 422
    assert codes(response) == ["therapist_inactive"]


@pytest.mark.parametrize("status", [Status.HELD, Status.BOOKED, Status.CANCELLED])
def test_another_clients_appointment_is_not_found(
    operate, stranger, nothing_changes, status
):
    other = AppointmentFactory(status=status)
    colleague = TherapistFactory(signs_in=True).user

    with nothing_changes():
        responses = [
            operate(stranger, "book", other),
            operate(stranger, "book", other, {"client_id": other.client_id}),
            operate(colleague, "book", other),
        ]

    assert {response.status_code for response in responses} == {404}
    assert codes(responses[0]) == ["not_found"]


def test_the_second_of_two_clients_does_not_find_it(
    operate, stranger, appointment, nothing_changes
):
    assert operate(UserFactory(), "book", appointment).status_code == 200

    with nothing_changes():
        response = operate(stranger, "book", appointment)

    assert response.status_code == 404
