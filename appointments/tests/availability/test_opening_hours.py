"""Opening hours as the database computes them: a specification by example."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from appointments.availability.opening_hours import FUNCTIONS, read_function
from appointments.tests.availability.openings import (
    DAY,
    MONDAY,
    WEEK,
    get_openings,
    list_periods,
    open_on,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_database_has_the_function_of_the_file(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [name])
        [(body,)] = cursor.fetchall()

    assert body in read_function(name)


def test_a_null_instead_of_therapists_costs_no_plan():
    """PostgreSQL does not begin a strict function with a null among its arguments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proisstrict FROM pg_proc WHERE proname = 'opening_hours'"
        )

        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    ("monday", "period"),
    [
        pytest.param("2030-01-07", "Mon 08:00 to Mon 16:00", id="winter"),
        pytest.param("2030-07-01", "Mon 07:00 to Mon 15:00", id="summer"),
    ],
)
def test_hours_are_on_the_therapists_clock(monday, period):
    therapist = TherapistFactory(time_zone="Europe/Berlin")
    open_on(therapist, 1, "09:00-17:00")
    since = datetime.fromisoformat(monday).replace(tzinfo=UTC)

    assert list_periods(therapist, since, since + DAY) == [period]


@pytest.mark.parametrize(
    ("zone", "period"),
    [
        ("Pacific/Auckland", "Sun 20:00 to Mon 04:00"),
        ("Pacific/Honolulu", "Mon 19:00 to Tue 03:00"),
    ],
)
def test_the_weekday_is_that_of_the_therapists_calendar(zone, period):
    therapist = TherapistFactory(time_zone=zone)
    open_on(therapist, 1, "09:00-17:00")

    assert list_periods(therapist) == [period]


def test_every_therapist_has_a_zone_of_their_own():
    zones = ["Asia/Kathmandu", "UTC", "Asia/Kathmandu"]
    therapists = [TherapistFactory(time_zone=zone) for zone in zones]
    for therapist in therapists:
        open_on(therapist, 1, "09:00-17:00")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT therapist_id, to_char(opens AT TIME ZONE 'UTC', 'HH24:MI') "
            "FROM opening_hours(%s, %s, %s) ORDER BY therapist_id",
            [[therapist.pk for therapist in therapists], MONDAY, MONDAY],
        )
        rows = cursor.fetchall()

    starts = ["03:15", "09:00", "03:15"]
    assert rows == [
        (therapist.pk, start)
        for therapist, start in zip(therapists, starts, strict=True)
    ]


def test_hours_recur_on_their_weekday_only():
    therapist = TherapistFactory()
    open_on(therapist, 1, "09:00-17:00")

    openings = get_openings(therapist, MONDAY, MONDAY + 2 * WEEK)

    assert [opening.opens for opening in openings] == [
        MONDAY + timedelta(hours=9),
        MONDAY + WEEK + timedelta(hours=9),
    ]


def test_hours_are_complete_however_little_of_the_day_is_in_question():
    therapist = TherapistFactory()
    open_on(therapist, 1, "09:00-17:00")
    noon = MONDAY + timedelta(hours=12)

    assert list_periods(therapist, noon, noon + timedelta(minutes=1)) == [
        "Mon 09:00 to Mon 17:00"
    ]


@pytest.mark.parametrize(
    ("validity", "is_open"),
    [
        ({"valid_from": date(2030, 1, 7)}, True),
        ({"valid_from": date(2030, 1, 8)}, False),
        ({"valid_until": date(2030, 1, 7)}, True),
        ({"valid_until": date(2030, 1, 6)}, False),
    ],
    ids=str,
)
def test_the_first_and_the_last_day_of_validity_are_included(validity, is_open):
    therapist = TherapistFactory()
    open_on(therapist, 1, "09:00-17:00", **validity)

    assert bool(get_openings(therapist)) == is_open


def test_hours_past_midnight_belong_to_the_day_on_which_they_start():
    therapist = TherapistFactory()
    monday = MONDAY.date()
    open_on(therapist, 1, "22:00-02:00", valid_from=monday, valid_until=monday)

    assert list_periods(therapist, MONDAY, MONDAY + 2 * WEEK) == [
        "Mon 22:00 to Tue 02:00"
    ]


def test_hours_of_the_evening_before_are_found_after_midnight():
    therapist = TherapistFactory()
    open_on(therapist, 7, "22:00-02:00")

    assert list_periods(therapist, MONDAY, MONDAY + timedelta(hours=1)) == [
        "Sun 22:00 to Mon 02:00"
    ]


@pytest.mark.parametrize(
    ("window", "period"),
    [
        ("18:00-00:00", "Mon 18:00 to Tue 00:00"),
        ("00:00-06:00", "Mon 00:00 to Mon 06:00"),
        ("00:00-00:00", "Mon 00:00 to Tue 00:00"),
    ],
)
def test_midnight_is_the_end_of_a_day_and_the_start_of_one(window, period):
    therapist = TherapistFactory()
    open_on(therapist, 1, window)

    assert list_periods(therapist) == [period]


@pytest.mark.parametrize(
    ("windows", "periods"),
    [
        pytest.param(
            ["09:00-12:00", "12:00-17:00"], ["Mon 09:00 to Mon 17:00"], id="touching"
        ),
        pytest.param(
            ["09:00-13:00", "12:00-17:00"], ["Mon 09:00 to Mon 17:00"], id="overlapping"
        ),
        pytest.param(
            ["09:00-17:00", "10:00-11:00"], ["Mon 09:00 to Mon 17:00"], id="within"
        ),
        pytest.param(
            ["09:00-17:00", "10:00-11:00", "12:00-18:00"],
            ["Mon 09:00 to Mon 18:00"],
            id="within, then overlapping the first",
        ),
        pytest.param(
            ["09:00-12:00", "12:01-17:00"],
            ["Mon 09:00 to Mon 12:00", "Mon 12:01 to Mon 17:00"],
            id="a minute apart",
        ),
    ],
)
def test_windows_that_overlap_or_touch_are_joined(windows, periods):
    therapist = TherapistFactory()
    open_on(therapist, 1, *windows)

    assert list_periods(therapist) == periods


def test_windows_that_touch_at_midnight_are_joined():
    therapist = TherapistFactory()
    open_on(therapist, 7, "20:00-00:00")
    open_on(therapist, 1, "00:00-04:00")

    assert list_periods(therapist) == ["Sun 20:00 to Mon 04:00"]


def test_joined_windows_have_one_grid_from_the_first_start():
    therapist = TherapistFactory()
    open_on(therapist, 1, "09:00-12:00", "12:00-17:00")

    [opening] = get_openings(therapist)

    assert opening.grid_from == opening.opens == MONDAY + timedelta(hours=9)
    assert opening.next_opens is None
