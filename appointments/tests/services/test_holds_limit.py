"""The three holds that a client may have at once, and ten of a therapist in a day."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

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


@pytest.mark.parametrize("end", ["cancelled", "expired", "swept", "booked"])
def test_the_eleventh_hold_of_one_therapist_in_a_day_is_refused(
    add, operate, clock, therapist, end
):
    client, other = UserFactory(), UserFactory()
    for number in range(10):
        start = (FIRST_SESSION + number * HOUR).isoformat()
        held = add(client, booking_request(therapist, hold=True, start=start))
        assert held.status_code == 201, held.data
        hold = Appointment.objects.get(pk=held.data["id"])
        if end in ("expired", "swept"):
            clock.shift(timedelta(minutes=11))
        else:
            operation = {"cancelled": "cancel", "booked": "book"}[end]
            assert operate(client, operation, hold).status_code == 200
        if end == "swept":
            call_command("sweep")
    eleventh = booking_request(therapist, hold=True, start="2030-02-04T09:00Z")

    refused = add(client, eleventh)
    colleague = TherapistFactory()
    elsewhere = add(client, eleventh | {"therapist_id": colleague.pk})
    by_other = add(other, eleventh | {"start": "2030-02-04T11:00Z"})
    clock.move_to(NOW + timedelta(days=1, minutes=111))
    next_day = add(client, eleventh)

    assert refused.status_code == 409
    assert refusals(refused) == [(None, "too_many_holds")]
    assert (elsewhere.status_code, by_other.status_code) == (201, 201)
    assert next_day.status_code == 201, next_day.data
