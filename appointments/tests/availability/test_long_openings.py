"""Opening hours without a break for days, and opening hours around a few moments."""

from datetime import UTC, datetime, timedelta

import pytest

from appointments.tests.availability.openings import (
    DAY,
    MONDAY,
    WEEK,
    Opening,
    find_opening,
    get_openings,
    open_around_the_clock,
    open_on,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

# A Sunday on which London's clocks go from 01:00 to 02:00.
GAP = datetime(2027, 3, 28, tzinfo=UTC)


def test_a_run_of_less_than_a_week_counts_from_its_first_start():
    therapist = TherapistFactory()
    wednesday = MONDAY + 2 * DAY
    open_around_the_clock(
        therapist,
        valid_from=wednesday.date(),
        valid_until=(wednesday + 6 * DAY).date(),
    )

    [opening] = get_openings(therapist, MONDAY, MONDAY + 2 * WEEK)

    assert opening == Opening(wednesday, wednesday, None, wednesday + 7 * DAY)


def test_the_eighth_day_of_a_run_counts_from_mondays_hours():
    therapist = TherapistFactory()
    wednesday = MONDAY - 5 * DAY
    open_around_the_clock(
        therapist,
        valid_from=wednesday.date(),
        valid_until=(wednesday + 7 * DAY).date(),
    )

    first, second = get_openings(therapist, wednesday, wednesday + 2 * WEEK)

    end = wednesday + 8 * DAY
    assert first == Opening(wednesday, wednesday, wednesday + 7 * DAY, end)
    assert second == Opening(MONDAY, wednesday + 7 * DAY, None, end)


@pytest.mark.parametrize("days", range(7))
def test_hours_without_an_end_have_a_new_grid_each_monday(days):
    therapist = TherapistFactory()
    open_around_the_clock(therapist)
    since = MONDAY + days * DAY

    openings = get_openings(therapist, since, since + WEEK + timedelta(minutes=1))

    assert [opening.grid_from for opening in openings] == [MONDAY, MONDAY + WEEK]


def test_a_run_has_one_grid_wherever_the_search_begins():
    """Also early on a day, in the week after a gap, with one window a day."""
    therapist = TherapistFactory(time_zone="Europe/London")
    for weekday in range(1, 8):
        open_on(therapist, weekday, f"08:0{8 - weekday}-08:0{7 - weekday}")
    open_on(therapist, 1, "07:00-09:00")
    moments = [GAP + timedelta(days=days, hours=1) for days in range(10)]

    for moment in moments:
        [opening] = get_openings(therapist, moment, moment + timedelta(minutes=1))
        earlier = get_openings(therapist, moment - 5 * DAY, moment + DAY)
        assert opening.grid_from == find_opening(earlier, moment).grid_from, moment


def test_moments_spare_the_days_between_them():
    therapist = TherapistFactory()
    for weekday in range(1, 8):
        open_on(therapist, weekday, "09:00-17:00")
    ten = MONDAY + timedelta(hours=10)
    moments = [ten, ten + WEEK, ten + 3 * WEEK]

    openings = get_openings(therapist, moments[0], moments[-1], moments)

    nine = MONDAY + timedelta(hours=9)
    assert [opening.opens for opening in openings] == [
        nine,
        nine + WEEK,
        nine + 3 * WEEK,
    ]


@pytest.mark.parametrize(
    ("zone", "windows"),
    [
        pytest.param("UTC", ["09:00-17:00"], id="by day"),
        pytest.param("UTC", ["22:00-02:00"], id="past midnight"),
        pytest.param("UTC", ["22:00-02:00", "02:00-09:00"], id="joined with the next"),
        pytest.param("UTC", ["00:00-00:00"], id="around the clock"),
        pytest.param("Europe/London", ["00:00-01:15", "01:45-03:00"], id="over a gap"),
    ],
)
def test_what_contains_a_moment_is_the_same_as_without_moments(zone, windows):
    therapist = TherapistFactory(time_zone=zone)
    for weekday in range(1, 8):
        open_on(therapist, weekday, *windows)
    since, until = GAP - 2 * WEEK, GAP + 2 * WEEK
    after_midnight = timedelta(minutes=30)
    moments = [
        GAP - 10 * DAY + after_midnight,
        GAP + after_midnight,
        GAP + 10 * DAY + timedelta(hours=10),
    ]

    everything = get_openings(therapist, since, until)
    with_moments = get_openings(therapist, since, until, moments)

    found = [find_opening(with_moments, moment) for moment in moments]
    assert found == [find_opening(everything, moment) for moment in moments]
    assert any(found)
