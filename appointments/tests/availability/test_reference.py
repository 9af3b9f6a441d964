"""What search offers is what the obvious model of the rules allows."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import given, note
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from appointments.availability.slots import find_slots
from appointments.tests.factories import AppointmentFactory
from appointments.tests.reference.diary_model import Diary, Hours
from booking.api.filters import day_start
from booking.api.pagination import Position
from booking.tests.depth import examples
from therapists.models import Absence, BookingMode, Closure, WorkingHours
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db

# Zones with half-hour and 45-minute offsets, with gaps and folds of an hour, of half
# an hour and of two hours, at midnight, at opposite times of the year, and with none.
ZONES = [
    "Africa/Casablanca",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Chatham",
    "UTC",
]
# Days on which clocks change in one or another of them.
DAYS = [
    date(2027, 2, 7),
    date(2027, 3, 14),
    date(2027, 3, 28),
    date(2027, 4, 4),
    date(2027, 9, 5),
    date(2027, 9, 26),
    date(2027, 10, 31),
    date(2027, 11, 7),
]
EARLIER = datetime(2027, 1, 1, tzinfo=UTC)

# Often at the hours at which clocks change.
times = st.builds(
    time,
    st.sampled_from([0, 1, 2, 3]) | st.integers(0, 23),
    st.sampled_from([0, 0, 10, 15, 30, 45]),
)


@st.composite
def hours(draw, day):
    start, end = draw(times), draw(times)
    if start == end:
        start = end = time()
    valid = st.none() | st.integers(-3, 3).map(lambda n: day + timedelta(days=n))
    valid_from, valid_until = draw(valid), draw(valid)
    if valid_from and valid_until and valid_until < valid_from:
        valid_from, valid_until = valid_until, valid_from
    # Often on the day on which clocks change.
    weekday = draw(st.just(day.isoweekday()) | st.integers(1, 7))
    return Hours(weekday, start, end, valid_from, valid_until)


@st.composite
def weeks(draw, day):
    """Some windows, and some that begin where another ends."""
    windows = draw(st.lists(hours(day), min_size=1, max_size=6))
    for one in draw(st.lists(st.sampled_from(windows), max_size=2)):
        weekday = one.weekday % 7 + 1 if one.end <= one.start else one.weekday
        windows.append(Hours(weekday, one.end, one.end.replace(minute=50)))
    return windows


@st.composite
def diaries(draw):
    day = draw(st.sampled_from(DAYS))
    around = datetime.combine(day, time(), UTC) - timedelta(days=2)

    def stretch(longest):
        begins = draw(st.integers(0, 5 * 24 * 12))
        start = around + timedelta(minutes=5 * begins)
        return start, start + timedelta(minutes=5 * draw(st.integers(1, longest)))

    diary = Diary(
        zone=draw(st.sampled_from(ZONES)),
        hours=draw(weeks(day)),
        duration=draw(st.sampled_from([5, 30, 50, 60, 90, 480])),
        break_minutes=draw(st.sampled_from([0, 5, 10, 15, 60])),
        step=draw(st.sampled_from([5, 7, 15, 30, 50, 60, 90])),
        notice_hours=draw(st.sampled_from([0, 0, 24, 2000])),
        horizon_days=draw(st.sampled_from([3650, 3650, 80, 300])),
        absences=[stretch(300) for _ in range(draw(st.integers(0, 2)))],
        closures=[(day, day)] * draw(st.integers(0, 1)),
    )
    if draw(st.booleans()):
        diary.taken.append(stretch(96))
    return day, diary


def stored(diary):
    """Write the diary to the database; closures are those of this diary only."""
    Closure.objects.all().delete()
    therapist = TherapistFactory(
        time_zone=diary.zone,
        booking_mode=BookingMode.WORKING_HOURS,
        break_minutes=diary.break_minutes,
        start_step_minutes=diary.step,
        notice_hours=diary.notice_hours,
        horizon_days=diary.horizon_days,
    )
    OfferingFactory(therapist=therapist, duration=diary.duration)
    for one in diary.hours:
        WorkingHours.objects.create(therapist=therapist, **vars(one))
    for start, end in diary.absences:
        Absence.objects.create(therapist=therapist, start=start, end=end)
    for start, end in diary.closures:
        Closure.objects.get_or_create(start=start, end=end, name="Closed")
    for start, busy_until in diary.taken:
        AppointmentFactory(
            therapist=therapist, start=start, end=busy_until, busy_until=busy_until
        )
    return therapist


@examples(sample=100, thorough=1000)
@given(diaries(), st.sampled_from(["UTC", "Pacific/Auckland", "America/Santiago"]))
def test_search_offers_what_the_model_allows(clock, made, practice):
    clock.move_to(EARLIER)
    day, diary = made
    first, last = day - timedelta(days=2), day + timedelta(days=2)
    therapist = stored(diary)

    # Not the fixture: it would pile up one override per example until the test ends.
    with override_settings(PRACTICE_TIME_ZONE=practice):
        rows = offered(therapist, first, last)
        backwards = offered(therapist, first, last, backwards=True)

    note(repr((day, diary, practice)))
    expected = diary.slots(first, last, EARLIER, practice)
    assert rows == expected
    assert rows == backwards[::-1]


@examples(sample=100, thorough=1000)
@given(diaries(), st.data())
def test_what_is_offered_can_be_booked_and_nothing_else(api, clock, made, data):
    clock.move_to(EARLIER)
    day, diary = made
    therapist = stored(diary)
    client = api(UserFactory())
    rows = offered(therapist, day - timedelta(days=2), day + timedelta(days=2))

    def book(start):
        wish = {"start": start, "duration": diary.duration, "type": "one-off"}
        response = client.post(
            "/api/v1/appointments", wish | {"therapist_id": therapist.pk}
        )
        return response.status_code, response.json()

    if rows:
        for start in data.draw(st.sets(st.sampled_from(rows), max_size=4)):
            with undone():
                assert book(start)[0] == 201
    for start in data.draw(st.sets(starts_around(day), max_size=12)) - set(rows):
        status, answer = book(start)
        assert status in (409, 422)
        assert answer["errors"]


def starts_around(day):
    first = datetime.combine(day - timedelta(days=2), time(), UTC)
    # Not the midnight at which the days end: `offered` did not look there.
    minutes = st.integers(0, 5 * 24 * 12 - 1).map(lambda n: timedelta(minutes=5 * n))
    return minutes.map(lambda after: first + after)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def offered(therapist, first, last, backwards=False):
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
