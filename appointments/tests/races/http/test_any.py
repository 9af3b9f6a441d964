"""Requests for any therapist at the same moment."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import HOUR, AppointmentFactory
from appointments.tests.races.http.requests import URL, add, refusals, statuses
from appointments.tests.races.http.servers import Request
from therapists.tests.factories import TherapistFactory

CLIENTS = 16


def add_any(user, specialism, start, *, key=None, **more):
    body = {"start": start.isoformat(), "duration": 60, "type": "one-off"}
    body |= {"any": {"specialisms": [specialism]}} | more
    return Request(user, URL, body, key=key)


@pytest.mark.parametrize("has_keys", [False, True], ids=["plain", "idempotent"])
@pytest.mark.parametrize("free", [20, 3])
def test_as_many_are_booked_as_are_free(race, start, free, has_keys):
    def prepare(number):
        specialism = f"Of {free} in round {number}, {has_keys}"
        TherapistFactory.create_batch(free, specialisms=[specialism])
        return [
            add_any(client, specialism, start, key=f"{number}" if has_keys else None)
            for client in UserFactory.create_batch(CLIENTS)
        ]

    for responses in race(prepare):
        booked = min(free, CLIENTS)
        assert statuses(responses) == [201] * booked + [409] * (CLIENTS - booked)
        assert refusals(responses) <= {"nobody_free"}


def test_any_and_named_therapists_are_booked_once(race, start):
    def prepare(number):
        specialism = f"Named or not, {number}"
        therapists = TherapistFactory.create_batch(4, specialisms=[specialism])
        clients = UserFactory.create_batch(8)
        return [
            *(add_any(client, specialism, start) for client in clients[:4]),
            *map(lambda c, t: add(c, t, start), clients[4:], therapists),
        ]

    for responses in race(prepare):
        assert statuses(responses) == [201] * 4 + [409] * 4
        assert refusals(responses) <= {"nobody_free", "therapist_busy"}


def test_one_client_gets_one_of_overlapping_times(race, start):
    def prepare(number):
        specialism = f"Overlapping, {number}"
        TherapistFactory.create_batch(6, specialisms=[specialism])
        client = UserFactory()
        AppointmentFactory(client=client, start=start - 3 * HOUR)
        return [add_any(client, specialism, start) for _ in range(6)]

    for responses in race(prepare):
        assert statuses(responses) == [201] + [409] * 5
        assert refusals(responses) == {"client_busy"}
        client = responses[0].request.user
        assert Appointment.objects.filter(client=client).count() == 2
