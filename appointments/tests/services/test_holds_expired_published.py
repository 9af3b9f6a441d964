"""Expired holds of published appointments; they are available again at once."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    NOW,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
EXPIRY = NOW + timedelta(minutes=10)
SLOTS = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}


@pytest.fixture
def hold(therapist_with_hours, clock):
    """A hold of a published appointment, which has just expired."""
    hold = AppointmentFactory(
        therapist=therapist_with_hours,
        held=True,
        was_published=True,
        start=FIRST_SESSION,
    )
    clock.move_to(EXPIRY, tick=False)
    return hold


@pytest.mark.parametrize("role", ["former client", "stranger", "therapist", "practice"])
def test_every_user_sees_the_appointment_as_available(api, list_ids, hold, role):
    user = {"former client": hold.client, "stranger": UserFactory()}.get(role)
    user = user or get_user(hold, role)

    detail = api(user).get(f"{URL}/{hold.pk}")

    assert detail.status_code == 200
    names = ("status", "client", "hold_expires_at")
    assert [detail.json()[name] for name in names] == ["available", None, None]
    assert list_ids(user) == list_ids(user, status="available") == [hold.pk]
    for status in set(Status) - {Status.AVAILABLE}:
        assert list_ids(user, status=status) == []


def test_search_finds_the_appointment_again(api, hold):
    slots = api().get("/api/v1/slots", SLOTS).json()["results"]

    assert slots[0]["start"] == "2030-01-07T09:00:00Z"
    assert slots[0]["appointment_id"] == hold.pk


@pytest.mark.parametrize("route", ["book", "add"])
@pytest.mark.parametrize("role", ["former client", "another client"])
def test_every_client_can_book_the_appointment(operate, add, hold, route, role):
    client = hold.client if role == "former client" else UserFactory()

    if route == "book":
        response = operate(client, "book", hold)
    else:
        response = add(client, booking_request(hold.therapist))

    assert response.status_code in (200, 201), response.data
    assert response.json()["status"] == "booked"
    row = Appointment.objects.get()
    assert (row.pk, row.client, row.status) == (hold.pk, client, Status.BOOKED)


@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_staff_and_the_therapist_book_the_appointment_for_a_client(operate, hold, role):
    client = AppointmentFactory(therapist=hold.therapist).client
    user = get_user(hold, role)

    response = operate(user, "book", hold, {"client_id": client.pk})

    assert response.status_code == 200, response.data
    hold.refresh_from_db()
    assert (hold.client, hold.status) == (client, Status.BOOKED)


def test_the_etag_of_the_available_appointment_is_accepted(api, operate, hold):
    client = UserFactory()
    etag = api(client).get(f"{URL}/{hold.pk}")["ETag"]

    response = operate(client, "book", hold, **{"If-Match": etag})

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().client == client


def test_expiry_changes_the_etag(api, operate, clerk, clock, hold, nothing_changes):
    clock.move_to(NOW)
    etag = api(clerk).get(f"{URL}/{hold.pk}")["ETag"]
    clock.move_to(EXPIRY)

    with nothing_changes():
        response = operate(clerk, "cancel", hold, **{"If-Match": etag})

    assert response.status_code == 412
    assert api(clerk).get(f"{URL}/{hold.pk}")["ETag"] != etag


@pytest.mark.parametrize("role", ["former client", "another client"])
@pytest.mark.parametrize("operation", ["cancel", "move", "complete"])
def test_clients_cannot_change_the_appointment(
    operate, hold, stranger, nothing_changes, role, operation
):
    user = hold.client if role == "former client" else stranger
    body = {"start": "2030-01-14T10:00Z"} if operation == "move" else {}

    with nothing_changes():
        response = operate(user, operation, hold, body)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_withdrawing_the_appointment_hides_its_former_client(
    operate, list_ids, hold, role
):
    former_client = hold.client

    response = operate(get_user(hold, role), "cancel", hold)

    assert response.status_code == 200, response.data
    assert response.json()["client"] is None
    row = Appointment.objects.get()
    assert (row.status, row.client) == (Status.CANCELLED, None)
    assert list_ids(former_client) == []


def test_the_former_client_is_refused_once_another_has_booked(
    operate, hold, nothing_changes
):
    assert operate(UserFactory(), "book", hold).status_code == 200

    with nothing_changes():
        response = operate(hold.client, "book", hold)

    assert response.status_code == 409
    assert refusals(response) == [(None, "hold_expired")]
