"""Opening hours on the days on which clocks change."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from appointments.tests.availability.openings import (
    DAY,
    get_openings,
    list_periods,
    open_on,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

LONDON, LORD_HOWE = "Europe/London", "Australia/Lord_Howe"
TROLL, SANTIAGO = "Antarctica/Troll", "America/Santiago"
# Sundays on which London's clocks go from 01:00 to 02:00, and from 02:00 to 01:00.
GAP, FOLD = datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)


HOURS = {
    "a start in the gap": (GAP, "01:30-03:00", "Sun 01:00 to Sun 02:00"),
    "an end in the gap": (GAP, "00:00-01:30", "Sun 00:00 to Sun 01:00"),
    "an hour less over the gap": (GAP, "00:00-04:00", "Sun 00:00 to Sun 03:00"),
    "a start in the fold": (FOLD, "01:30-02:30", "Sun 00:30 to Sun 02:30"),
    "an end in the fold": (FOLD, "00:30-01:30", "Sat 23:30 to Sun 01:30"),
    "an hour more over the fold": (FOLD, "00:00-04:00", "Sat 23:00 to Sun 04:00"),
}


@pytest.mark.parametrize("case", HOURS)
def test_a_gap_shortens_hours_and_a_fold_lengthens_them(case):
    day, window, period = HOURS[case]
    therapist = TherapistFactory(time_zone=LONDON)
    open_on(therapist, 7, window)

    assert list_periods(therapist, day, day + DAY) == [period]


def test_nothing_is_left_of_a_window_inside_a_gap():
    therapist = TherapistFactory(time_zone=LONDON)
    open_on(therapist, 7, "01:15-01:45")

    assert get_openings(therapist, GAP - DAY, GAP + DAY) == []


@pytest.mark.parametrize(
    ("day", "period"),
    [
        pytest.param(GAP, "Sun 00:00 to Sun 02:00", id="gap"),
        pytest.param(FOLD, "Sat 23:00 to Sun 03:00", id="fold"),
    ],
)
def test_a_change_of_the_clock_can_join_windows(day, period):
    therapist = TherapistFactory(time_zone=LONDON)
    open_on(therapist, 7, "00:00-01:15", "01:45-03:00")

    assert list_periods(therapist, day, day + DAY) == [period]


def test_a_gap_after_midnight_can_join_the_windows_of_two_days():
    """On this Sunday, Santiago has no time from 00:00 to 01:00."""
    therapist = TherapistFactory(time_zone=SANTIAGO)
    open_on(therapist, 6, "20:00-00:00")
    open_on(therapist, 7, "00:30-04:00")
    sunday = datetime(2027, 9, 5, 4, tzinfo=UTC)

    assert list_periods(therapist, sunday, sunday + DAY) == ["Sun 00:00 to Sun 07:00"]


def test_a_gap_before_midnight_can_join_the_windows_of_two_days():
    """On this Saturday, Nuuk has no time from 23:00 to midnight."""
    therapist = TherapistFactory(time_zone="America/Nuuk")
    open_on(therapist, 6, "20:00-23:30")
    open_on(therapist, 7, "00:00-04:00")
    sunday = datetime(2027, 3, 28, 1, tzinfo=UTC)

    assert list_periods(therapist, sunday, sunday + DAY) == ["Sat 22:00 to Sun 05:00"]


# In 2027: a local time, its zone, and the instants as a start and as an end, in UTC.
EDGES = {
    "an ordinary time": ("06-06 09:00", LONDON, "06-06 08:00", "06-06 08:00"),
    "the first in a gap": ("03-28 01:00", LONDON, "03-28 01:00", "03-28 01:00"),
    "the last in a gap": ("03-28 01:59", LONDON, "03-28 01:00", "03-28 01:00"),
    "the first in a fold": ("10-31 01:00", LONDON, "10-31 00:00", "10-31 01:00"),
    "the last in a fold": ("10-31 01:59", LONDON, "10-31 00:59", "10-31 01:59"),
    "just after a fold": ("10-31 02:00", LONDON, "10-31 02:00", "10-31 02:00"),
    "a gap of 30 minutes": ("10-03 02:15", LORD_HOWE, "10-02 15:30", "10-02 15:30"),
    "a fold of 30 minutes": ("04-04 01:45", LORD_HOWE, "04-03 14:45", "04-03 15:15"),
    "a gap of 2 hours": ("03-28 02:50", TROLL, "03-28 01:00", "03-28 01:00"),
    "a fold of 2 hours": ("10-31 02:50", TROLL, "10-31 00:50", "10-31 02:50"),
    "a gap at midnight": ("09-05 00:00", SANTIAGO, "09-05 04:00", "09-05 04:00"),
}


@pytest.mark.parametrize("case", EDGES)
def test_an_edge_of_opening_hours_is_one_instant(case):
    local, zone, start, end = EDGES[case]

    assert get_edge(local, zone, is_end=False) == start
    assert get_edge(local, zone, is_end=True) == end


def get_edge(local, zone, is_end):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT opening_hours_edge(%s, %s, %s)", [f"2027-{local}", zone, is_end]
        )
        [(instant,)] = cursor.fetchall()
    return f"{instant:%m-%d %H:%M}"
