"""Diaries that Hypothesis makes up, and how to write them to the database."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from hypothesis import strategies as st

from appointments.tests.factories import AppointmentFactory
from appointments.tests.reference.slots import Diary, Window
from therapists.models import Absence, BookingMode, Closure, WorkingHours
from therapists.tests.factories import OfferingFactory, TherapistFactory

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
# Days on which clocks change in at least one of them.
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
# Before all of these days.
EARLIER = datetime(2027, 1, 1, tzinfo=UTC)

# Often at the hours at which clocks change.
times = st.builds(
    time,
    st.sampled_from([0, 1, 2, 3]) | st.integers(0, 23),
    st.sampled_from([0, 0, 10, 15, 30, 45]),
)


@st.composite
def diaries(draw):
    """A day on which a clock changes, and a diary around it."""
    day = draw(st.sampled_from(DAYS))
    around = datetime.combine(day, time(), UTC) - timedelta(days=2)

    def draw_period(longest):
        begins = draw(st.integers(0, 5 * 24 * 12))
        start = around + timedelta(minutes=5 * begins)
        return start, start + timedelta(minutes=5 * draw(st.integers(1, longest)))

    diary = Diary(
        zone=draw(st.sampled_from(ZONES)),
        hours=draw(runs(day) if draw(st.integers(0, 9)) == 9 else weeks(day)),
        duration=draw(st.sampled_from([5, 30, 50, 60, 90, 480])),
        break_minutes=draw(st.sampled_from([0, 5, 10, 15, 60])),
        step=draw(st.sampled_from([5, 7, 15, 30, 50, 60, 90])),
        notice_hours=draw(st.sampled_from([0, 0, 24, 2000])),
        horizon_days=draw(st.sampled_from([3650, 3650, 80, 300])),
        absences=[draw_period(300) for _ in range(draw(st.integers(0, 2)))],
        closures=[(day, day)] * draw(st.integers(0, 1)),
    )
    if draw(st.booleans()):
        diary.appointments.append(draw_period(96))
    return day, diary


@st.composite
def weeks(draw, day):
    """Some windows, and some that start where another ends."""
    hours = draw(st.lists(windows(day), min_size=1, max_size=6))
    for other in draw(st.lists(st.sampled_from(hours), max_size=2)):
        weekday = other.weekday % 7 + 1 if other.end <= other.start else other.weekday
        hours.append(Window(weekday, other.end, other.end.replace(minute=50)))
    return hours


@st.composite
def windows(draw, day):
    start, end = draw(times), draw(times)
    if start == end:
        start = end = time()
    # Often on the day on which the clock changes.
    weekday = draw(st.just(day.isoweekday()) | st.integers(1, 7))
    return Window(weekday, start, end, *draw(validities(day, 3)))


@st.composite
def runs(draw, day):
    """Hours around the clock, in two shifts, perhaps only for some days."""
    edge = draw(times)
    shifts = [(time(), edge), (edge, time())] if edge != time() else [(edge, edge)]
    validity = draw(validities(day, 12))
    return [
        Window(weekday, *shift, *validity)
        for weekday in range(1, 8)
        for shift in shifts
    ]


@st.composite
def validities(draw, day, most_days):
    days = st.integers(-most_days, most_days).map(lambda n: day + timedelta(days=n))
    valid_from, valid_until = draw(st.none() | days), draw(st.none() | days)
    if valid_from and valid_until and valid_until < valid_from:
        return valid_until, valid_from
    return valid_from, valid_until


def store(diary):
    """Write the diary to the database and return its therapist.

    Closures bind every therapist, so those of other diaries are deleted.
    """
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
    for window in diary.hours:
        WorkingHours.objects.create(therapist=therapist, **vars(window))
    for start, end in diary.absences:
        Absence.objects.create(therapist=therapist, start=start, end=end)
    for start, end in diary.closures:
        Closure.objects.get_or_create(start=start, end=end, name="Closed")
    for start, busy_until in diary.appointments:
        AppointmentFactory(
            therapist=therapist, start=start, end=busy_until, busy_until=busy_until
        )
    return therapist


@contextmanager
def rolled_back():
    """Undo what is written here, so that the diary stays as it is."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
