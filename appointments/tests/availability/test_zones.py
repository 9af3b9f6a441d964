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
AT_NINE_TO_FIVE = [f"{hour:02}:00" for hour in range(9, 17)]
# Asked of PostgreSQL, whose rules of time zones are the ones that count here.
CHANGES = """
WITH shown AS (
    SELECT name, noon, noon AT TIME ZONE name - noon AT TIME ZONE 'UTC' AS offset
      FROM pg_timezone_names,
           generate_series('2025-01-01 12:00Z'::timestamptz, '2031-01-01Z', '1 day') noon
), changed AS (
    SELECT *, lag("offset") OVER (PARTITION BY name ORDER BY noon) AS before FROM shown
)
SELECT name, array_agg(noon) FILTER (WHERE "offset" <> before)
  FROM changed GROUP BY name ORDER BY name
"""
SHOWN = """
SELECT to_char(start AT TIME ZONE %(zone)s, 'YYYY-MM-DD'),
       to_char(start AT TIME ZONE %(zone)s, 'HH24:MI')
  FROM unnest(%(starts)s::timestamptz[]) start
"""

ELAPSED = """
SELECT %(five)s::timestamp AT TIME ZONE %(zone)s - %(nine)s::timestamp AT TIME ZONE %(zone)s
"""


@pytest.fixture
def therapist():
    """Every day from 9 to 17 on the clock of whichever zone they are in."""
    therapist = TherapistFactory(slotted=True, start_step_minutes=60)
    OfferingFactory(therapist=therapist, duration=60)
    for weekday in range(1, 8):
        WorkingHoursFactory(therapist=therapist, weekday=weekday)
    return therapist


@pytest.mark.depth
def test_nine_is_nine_around_every_change_of_every_clock(therapist, clock):
    clock.move_to(datetime(2024, 12, 1, tzinfo=UTC))
    zones = asked(CHANGES)

    wrong = {}
    for zone, changes in zones[:: choose(sample=10, thorough=1)]:
        type(therapist).objects.filter(pk=therapist.pk).update(time_zone=zone)
        # A zone without changes is looked at once.
        for change in changes or [datetime(2027, 6, 6, tzinfo=UTC)]:
            if found := unexpected(therapist, zone, change):
                wrong[zone, change] = found

    assert len(zones) > 400
    assert sum(len(changes or []) for _, changes in zones) > 2000
    assert wrong == {}


def unexpected(therapist, zone, change):
    """Return the days around a change on which the slots are not as they should be."""
    rows = find_slots(
        {
            "type": "one-off",
            "therapist_id": therapist.pk,
            "start": change - 3 * DAY,
            "end": change + 3 * DAY,
        },
        limit=200,
    )
    shown = asked(SHOWN, zone=zone, starts=[row.start for row in rows])
    whole_days = sorted({day for day, _ in shown})[1:-1]
    labels = {day: [label for d, label in shown if d == day] for day in whole_days}
    assert len(whole_days) >= 4
    return {
        day: found
        for day, found in labels.items()
        if found != AT_NINE_TO_FIVE and not changes_at_work(zone, day)
    }


def changes_at_work(zone, day):
    """Whether clocks change between 9 and 17; then hours are missing or doubled."""
    [(elapsed,)] = asked(ELAPSED, zone=zone, nine=f"{day} 09:00", five=f"{day} 17:00")
    return elapsed != 8 * HOUR


def asked(sql, **values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
