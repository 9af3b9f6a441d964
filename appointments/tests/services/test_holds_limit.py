"""The three holds that a client may have at once."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db


def test_a_fourth_hold_is_refused(add, therapist, nothing_changes):
    client = UserFactory()
    for n in range(3):
        start = (FIRST_SESSION + n * HOUR).isoformat()
        response = add(client, booking_request(therapist, hold=True, start=start))
        assert response.status_code == 201
    fourth = booking_request(
        therapist, hold=True, start=(FIRST_SESSION + 5 * HOUR).isoformat()
    )

    with nothing_changes():
        response = add(client, fourth)

    assert response.status_code == 409
    assert refusals(response) == [(None, "too_many_holds")]
    assert add(client, fourth | {"hold": False}).status_code == 201
    assert add(UserFactory(), booking_request(therapist)).status_code == 409


def test_a_fourth_hold_leaves_an_appointment_available(add, therapist, nothing_changes):
    client = UserFactory()
    AppointmentFactory.create_batch(3, client=client, held=True)
    AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)

    with nothing_changes():
        response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 409
    assert codes(response) == ["too_many_holds"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"hold_expires_at": NOW}, id="expired holds"),
        pytest.param({"status": Status.BOOKED}, id="booked appointments"),
        pytest.param({"status": Status.CANCELLED}, id="cancelled appointments"),
        pytest.param({"client": None}, id="holds of another client"),
    ],
)
def test_only_the_clients_own_unexpired_holds_count(add, therapist, changes):
    client = UserFactory()
    AppointmentFactory.create_batch(2, client=client, held=True)
    columns = {"client": client, "status": Status.HELD} | changes
    if columns["client"] is None:
        columns["client"] = UserFactory()
    AppointmentFactory.create_batch(3, **columns)

    response = add(client, booking_request(therapist, hold=True))

    assert response.status_code == 201, response.data


@pytest.mark.parametrize("operation", ["book", "cancel"])
def test_booking_or_cancelling_a_hold_allows_another(
    operate, add, therapist, operation
):
    client = UserFactory()
    first, *_ = AppointmentFactory.create_batch(3, client=client, held=True)

    assert operate(client, operation, first).status_code == 200

    assert add(client, booking_request(therapist, hold=True)).status_code == 201
