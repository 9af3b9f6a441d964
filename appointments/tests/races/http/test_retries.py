"""A request that is sent again before its first response."""

import json
from dataclasses import replace

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import HOUR, AppointmentFactory
from appointments.tests.races.http.requests import add, get_etag, operate
from booking.models import IdempotentResponse
from therapists.tests.factories import TherapistFactory


def request_booking(start, key):
    return add(UserFactory(), TherapistFactory(), start, key=key)


def request_move(start, key):
    appointment = AppointmentFactory(start=start)
    version, later = (
        get_etag(appointment.client, appointment),
        (start + HOUR).isoformat(),
    )
    return operate(
        appointment.client, appointment, "move", if_match=version, key=key, start=later
    )


def request_cancellation(start, key):
    appointment = AppointmentFactory(start=start, was_published=True)
    return operate(appointment.client, appointment, "cancel", key=key)


def request_conflict(start, key):
    therapist = AppointmentFactory(start=start).therapist
    return add(UserFactory(), therapist, start, key=key)


@pytest.mark.parametrize(
    ("make_request", "times", "status"),
    [
        (request_booking, 16, 201),
        (request_move, 16, 200),
        (request_cancellation, 4, 200),
        (request_conflict, 4, 409),
    ],
)
def test_a_request_sent_many_times_at_once_is_done_once(
    race, start, make_request, times, status
):
    def prepare(number):
        request = make_request(start, f"key-{number}")
        return [request, *(replace(request) for _ in range(times - 1))]

    for responses in race(prepare):
        completed = [a for a in responses if a.codes != ["idempotency_key_in_use"]]
        [first] = [response for response in completed if not response.is_replayed]
        assert first.status == status
        contents = {(a.status, a.etag, json.dumps(a.body)) for a in completed}
        assert len(contents) == 1
        assert IdempotentResponse.objects.filter(key=first.request.key).count() == 1
