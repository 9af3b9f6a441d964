"""Working hours in every time zone, around every change of its clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from appointments.availability.slots import find_slots
from booking.tests.depth import choose
from therapists.tests.factories import (
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NINE_TO_FIVE = [f"{hour:02}:00" for hour in range(9, 17)]
# Each zone with the noons before which its clock has changed, by the rules of PostgreSQL,
# which the search follows.
LIST_CHANGES = """
WITH clock AS (
    SELECT name, noon, noon AT TIME ZONE name - noon AT TIME ZONE 'UTC' AS offset
      FROM pg_timezone_names,
           generate_series('2025-01-01 12:00Z'::timestamptz, '2031-01-01Z', '1 day') noon
), changed AS (
    SELECT *, lag("offset") OVER (PARTITION BY name ORDER BY noon) AS before FROM clock
)
SELECT name, array_agg(noon) FILTER (WHERE "offset" <> before)
  FROM changed GROUP BY name ORDER BY name
"""
READ_CLOCK = """
SELECT to_char(start AT TIME ZONE %(zone)s, 'YYYY-MM-DD'),
       to_char(start AT TIME ZONE %(zone)s, 'HH24:MI')
  FROM unnest(%(starts)s::timestamptz[]) start
"""

MEASURE_WORK = """
SELECT %(five)s::timestamp AT TIME ZONE %(zone)s - %(nine)s::timestamp AT TIME ZONE %(zone)s
"""


@pytest.fixture
def therapist():
    """A therapist with slots of an hour every day from 9 to 17."""
    therapist = TherapistFactory(slotted=True, start_step_minutes=60)
    OfferingFactory(therapist=therapist, duration=60)
    for weekday in range(1, 8):
        WorkingHoursFactory(therapist=therapist, weekday=weekday)
    return therapist


@pytest.mark.depth
def test_hours_from_nine_to_five_stay_so_around_every_change_of_a_clock(
    therapist, clock
):
    clock.move_to(datetime(2024, 12, 1, tzinfo=UTC))
    zones = query(LIST_CHANGES)

    wrong = {}
    for zone, changes in zones[:: choose(sample=10, thorough=1)]:
        type(therapist).objects.filter(pk=therapist.pk).update(time_zone=zone)
        # A zone without changes is searched once.
        for change in changes or [datetime(2027, 6, 6, tzinfo=UTC)]:
            if days := find_wrong_days(therapist, zone, change):
                wrong[zone, change] = days

    assert len(zones) > 400
    assert sum(len(changes or []) for _, changes in zones) > 2000
    assert wrong == {}


def find_wrong_days(therapist, zone, change):
    """Return the slots of the days around a change that are not from nine to five."""
    rows = find_slots(
        {
            "type": "one-off",
            "therapist_id": therapist.pk,
            "start": change - 3 * DAY,
            "end": change + 3 * DAY,
        },
        limit=200,
    )
    local = query(READ_CLOCK, zone=zone, starts=[row.start for row in rows])
    whole_days = sorted({day for day, _ in local})[1:-1]
    times = {day: [time for date, time in local if date == day] for day in whole_days}
    assert len(whole_days) >= 4
    return {
        day: starts
        for day, starts in times.items()
        if starts != NINE_TO_FIVE and not changes_at_work(zone, day)
    }


def changes_at_work(zone, day):
    """Tell whether the clock changes between 9 and 17, where hours then differ."""
    [(elapsed,)] = query(
        MEASURE_WORK, zone=zone, nine=f"{day} 09:00", five=f"{day} 17:00"
    )
    return elapsed != 8 * HOUR


def query(sql, **values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
