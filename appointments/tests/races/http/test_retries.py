"""One request that is sent again before it was answered."""

import json
from dataclasses import replace

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import HOUR, AppointmentFactory
from appointments.tests.races.http.requests import add, etag, operate
from booking.models import IdempotentResponse
from therapists.tests.factories import TherapistFactory


def booking(start, key):
    return add(UserFactory(), TherapistFactory(), start, key=key)


def moving(start, key):
    booked = AppointmentFactory(start=start)
    seen, later = etag(booked.client, booked), (start + HOUR).isoformat()
    return operate(booked.client, booked, "move", if_match=seen, key=key, start=later)


def cancelling(start, key):
    booked = AppointmentFactory(start=start, was_published=True)
    return operate(booked.client, booked, "cancel", key=key)


def refused(start, key):
    therapist = AppointmentFactory(start=start).therapist
    return add(UserFactory(), therapist, start, key=key)


@pytest.mark.parametrize(
    ("sent", "times", "status"),
    [(booking, 16, 201), (moving, 16, 200), (cancelling, 4, 200), (refused, 4, 409)],
)
def test_what_is_sent_many_times_at_once_is_done_once(race, start, sent, times, status):
    def prepare(number):
        request = sent(start, f"key-{number}")
        return [request, *(replace(request) for _ in range(times - 1))]

    for answers in race(prepare):
        others = [a for a in answers if a.codes != ["idempotency_key_in_use"]]
        [first] = [answer for answer in others if not answer.is_replayed]
        assert first.status == status
        same = {(a.status, a.etag, json.dumps(a.body)) for a in others}
        assert len(same) == 1
        assert IdempotentResponse.objects.filter(key=first.request.key).count() == 1
