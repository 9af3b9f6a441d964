"""The search compared with the reference, and booking with the search."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import override_settings
from hypothesis import given, note
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from appointments.availability.slots import find_slots
from appointments.tests.reference.diaries import EARLIER, diaries, rolled_back, store
from booking.api.filters import day_start
from booking.api.pagination import Position
from booking.tests.depth import examples

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)


@examples(sample=100, thorough=1000)
@given(diaries(), st.sampled_from(["UTC", "Pacific/Auckland", "America/Santiago"]))
def test_the_search_finds_the_slots_of_the_reference(clock, made_up, practice):
    clock.move_to(EARLIER)
    day, diary = made_up
    first, last = day - timedelta(days=2), day + timedelta(days=2)
    therapist = store(diary)

    # Not the fixture: it would pile up one override per example until the test ends.
    with override_settings(PRACTICE_TIME_ZONE=practice):
        forwards = search(therapist, first, last)
        backwards = search(therapist, first, last, backwards=True)
        # The first step of a search is a week. Later ones work in another way.
        later = search(therapist, first - WEEK, last)
        earlier = search(therapist, first, last + WEEK, backwards=True)

    note(repr((day, diary, practice)))
    assert forwards == diary.list_slots(first, last, EARLIER, practice)
    assert forwards == backwards[::-1]
    count = len(forwards)
    assert forwards == later[len(later) - count :]
    assert forwards == earlier[::-1][:count]


@examples(sample=100, thorough=1000)
@given(diaries(), st.data())
def test_slots_can_be_booked_and_other_starts_cannot(api, clock, made_up, data):
    clock.move_to(EARLIER)
    day, diary = made_up
    therapist = store(diary)
    client = api(UserFactory())
    slots = search(therapist, day - timedelta(days=2), day + timedelta(days=2))

    def book(start):
        body = {"start": start.isoformat(), "duration": diary.duration}
        body |= {"type": "one-off", "therapist_id": therapist.pk}
        response = client.post("/api/v1/appointments", body)
        return response.status_code, response.json()

    if slots:
        for start in data.draw(st.sets(st.sampled_from(slots), max_size=4)):
            with rolled_back():
                assert book(start)[0] == 201
    for start in data.draw(st.sets(starts_around(day), max_size=12)) - set(slots):
        status, body = book(start)
        assert status in (409, 422)
        assert body["errors"]


def starts_around(day):
    first = datetime.combine(day - timedelta(days=2), time(), UTC)
    # Not the midnight at which the last day ends: `search` does not look there.
    minutes = st.integers(0, 5 * 24 * 12 - 1).map(lambda n: timedelta(minutes=5 * n))
    return minutes.map(lambda after: first + after)


def search(therapist, first, last, backwards=False):
    """Return the starts of all slots on these days of the practice."""
    rows = find_slots(
        {
            "type": "one-off",
            "therapist_id": therapist.pk,
            "start": day_start(first),
            "end": day_start(last + timedelta(days=1)),
        },
        limit=5000,
        position=Position(["infinity", 0], True) if backwards else None,
    )
    return [row.start for row in rows]
