"""Holds until they expire."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Role, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def hold(therapist):
    """A client's hold, which expires in ten minutes."""
    return AppointmentFactory(therapist=therapist, held=True, start=FIRST_SESSION)


def test_a_client_holds_a_period(add, clock, settings, therapist):
    settings.HOLD_MINUTES = 7
    clock.move_to(NOW, tick=False)
    client = UserFactory()

    response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 201, response.data
    row = Appointment.objects.get()
    assert (row.client, row.status) == (client, Status.HELD)
    assert row.hold_expires_at == NOW + timedelta(minutes=7)
    assert not row.was_published
    assert response.data["status"] == "held"
    assert response.json()["hold_expires_at"] == "2029-12-01T08:07:00Z"
    assert response.data["client"]["id"] == client.pk


def test_a_client_holds_an_available_appointment(add, therapist):
    available = AppointmentFactory(
        therapist=therapist, available=True, start=FIRST_SESSION
    )
    client = UserFactory()

    response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 201, response.data
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (available.pk, client, Status.HELD)
    assert row.was_published


def test_without_a_hold_the_period_is_booked(add, therapist):
    response = add(UserFactory(), booking_request(therapist, hold=False))

    assert response.status_code == 201
    assert Appointment.objects.get().status == Status.BOOKED


@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_staff_and_the_therapist_cannot_hold(add, hold, nothing_changes, role):
    user = get_user(hold, role)
    later = (FIRST_SESSION + HOUR).isoformat()

    with nothing_changes():
        response = add(user, booking_request(hold.therapist, hold=True, start=later))

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_a_therapist_holds_in_a_colleagues_diary_as_a_client(add, therapist):
    colleague = TherapistFactory(signs_in=True).user

    response = add(colleague, booking_request(therapist, hold=True))

    assert response.status_code == 201
    assert Appointment.objects.get().client == colleague


@pytest.mark.parametrize("value", ["perhaps", "2"])
def test_a_value_other_than_true_or_false_is_refused(add, therapist, stranger, value):
    response = add(stranger, booking_request(therapist, hold=value))

    assert response.status_code == 400
    assert refusals(response) == [("hold", "invalid")]


def test_rules_apply_to_holds_as_to_bookings(add, stranger, nothing_changes):
    therapist = TherapistFactory(notice_hours=24 * 60)
    OfferingFactory(therapist=therapist, type="consultation")

    with nothing_changes():
        response = add(stranger, booking_request(therapist, hold=True))

    assert response.status_code == 422
    assert codes(response) == ["too_soon", "type_not_offered"]


@pytest.mark.parametrize("role", Role)
def test_a_held_period_cannot_be_booked_by_another_user(
    add, hold, nothing_changes, role
):
    user = UserFactory() if role == "client" else get_user(hold, role)

    with nothing_changes():
        response = add(user, booking_request(hold.therapist))

    assert response.status_code == 409
    assert refusals(response) == [(None, "therapist_busy")]


def test_a_client_books_their_hold(operate, hold):
    response = operate(hold.client, "book", hold)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (hold.pk, hold.client, Status.BOOKED)
    assert row.hold_expires_at is None
    assert response.data["hold_expires_at"] is None


def test_another_clients_hold_is_not_found(
    api, operate, hold, stranger, nothing_changes
):
    with nothing_changes():
        responses = [
            operate(stranger, "book", hold),
            operate(stranger, "cancel", hold),
            api(stranger).get(f"{URL}/{hold.pk}"),
        ]

    for response in responses:
        assert response.status_code == 404
        assert codes(response) == ["not_found"]


@pytest.mark.parametrize("role", ["therapist", "practice"])
@pytest.mark.parametrize("named", ["none", "the client"])
def test_staff_and_the_therapist_cannot_book_a_clients_hold(
    operate, hold, nothing_changes, role, named
):
    user = get_user(hold, role)
    body = {"client_id": hold.client_id} if named == "the client" else {}

    with nothing_changes():
        response = operate(user, "book", hold, body)

    assert response.status_code == 409
    assert codes(response) == ["already_held"]


@pytest.mark.parametrize("role", Role)
def test_a_hold_is_cancelled_without_notice(operate, clock, hold, role):
    hold.start = NOW + HOUR
    hold.end = hold.busy_until = NOW + 2 * HOUR
    hold.save()

    response = operate(get_user(hold, role), "cancel", hold)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.status, row.cancelled_by, row.hold_expires_at) == (
        Status.CANCELLED,
        role,
        None,
    )
    assert not row.cancelled_late


def test_cancelling_the_hold_of_a_published_appointment_republishes_it(operate, hold):
    hold.was_published = True
    hold.save()

    assert operate(hold.client, "cancel", hold).status_code == 200

    republished = Appointment.objects.exclude(pk=hold.pk).get()
    assert (republished.status, republished.client, republished.start) == (
        Status.AVAILABLE,
        None,
        hold.start,
    )


def test_a_hold_that_has_started_cannot_be_booked(
    operate, clock, therapist, nothing_changes
):
    hold = AppointmentFactory(
        therapist=therapist, held=True, start=NOW + timedelta(minutes=5)
    )
    clock.move_to(hold.start, tick=False)

    with nothing_changes():
        response = operate(hold.client, "book", hold)

    assert response.status_code == 409
    assert codes(response) == ["already_started"]
