"""Free stretches compared with the reference, and booking with the stretches."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import override_settings
from hypothesis import given, note
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from appointments.tests.reference.diaries import (
    EARLIER,
    diaries,
    rolled_back,
    store,
    times,
)
from appointments.tests.reference.slots import is_within_day
from booking.tests.depth import examples
from therapists.models import BookingMode, Offering, Therapist

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@examples(sample=150, thorough=1500)
@given(
    diaries(),
    times,
    times,
    st.sampled_from(["UTC", "Pacific/Auckland", "America/Santiago"]),
    st.data(),
)
def test_what_lies_in_a_stretch_can_be_booked_and_nothing_else(
    api, clock, made_up, opens, closes, practice, data
):
    clock.move_to(EARLIER)
    day, diary = made_up
    if closes <= opens:
        closes = time()
    therapist = store_at_any_time(diary, opens, closes)
    client = api(UserFactory())
    horizon = EARLIER + diary.horizon_days * DAY

    # Not the fixture: it would pile up one override per example until the test ends.
    with override_settings(PRACTICE_TIME_ZONE=practice):
        stretches = find(api(), therapist, day - 4 * DAY, day + 5 * DAY)
        edges = [edge for stretch in stretches for edge in stretch]
        for start, minutes in data.draw(st.sets(requests(day, edges), max_size=12)):
            end = start + minutes * MINUTE
            diary.duration = minutes
            expected = is_within_day(
                start, minutes, diary.zone, opens, closes
            ) and diary.is_free(start, EARLIER, practice)
            note(repr((day, diary, opens, closes, practice, start, minutes)))
            with rolled_back():
                is_booked = book(client, therapist, start, minutes)
            assert is_booked == expected
            # The horizon cuts a stretch. A booking may end after it.
            if end <= horizon:
                assert expected == any(
                    first <= start and end <= last for first, last in stretches
                )


def store_at_any_time(diary, opens, closes):
    therapist = store(diary)
    Offering.objects.filter(therapist=therapist).delete()
    Therapist.objects.filter(pk=therapist.pk).update(
        booking_mode=BookingMode.ANY_TIME, any_time_from=opens, any_time_until=closes
    )
    return therapist


def requests(day, edges):
    """Starts and durations around the day, and often at the edges of stretches."""
    first = datetime.combine(day - 2 * DAY, time(), UTC)
    starts = st.integers(0, 5 * 24 * 12).map(lambda n: first + 5 * n * MINUTE)
    durations = st.sampled_from([5, 30, 60, 480])
    everywhere = st.tuples(starts, durations)
    near = [edge for edge in edges if first <= edge <= first + 5 * DAY]
    if not near:
        return everywhere
    at_edges = st.builds(
        lambda edge, minutes, ends, shift: (
            edge - ends * minutes * MINUTE + shift * MINUTE,
            minutes,
        ),
        st.sampled_from(near),
        durations,
        st.booleans(),
        st.integers(-1, 1),
    )
    return everywhere | at_edges


def find(api, therapist, first, last):
    response = api.get(
        f"/api/v1/therapists/{therapist.pk}/free", {"start": first, "end": last}
    )
    assert response.status_code == 200, response.content
    return [
        (datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]))
        for row in response.json()["results"]
    ]


def book(client, therapist, start, minutes):
    body = {"start": start.isoformat(), "duration": minutes, "type": "one-off"}
    response = client.post(
        "/api/v1/appointments", body | {"therapist_id": therapist.pk}
    )
    assert response.status_code in (201, 409, 422), response.content
    return response.status_code == 201
