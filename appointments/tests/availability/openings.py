"""How tests write down working hours and ask the database for opening hours."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection

from therapists.tests.factories import WorkingHoursFactory

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONDAY = datetime(2030, 1, 7, tzinfo=UTC)


class Opening(NamedTuple):
    """A row of `opening_hours`, without its therapist."""

    grid_from: datetime
    opens: datetime
    next_opens: datetime | None
    closes: datetime


def open_on(therapist, weekday, *windows, **validity):
    """Add windows such as `09:00-17:00` to a weekday, from 1 to 7."""
    for window in windows:
        start, end = (time.fromisoformat(edge) for edge in window.split("-"))
        WorkingHoursFactory(
            therapist=therapist, weekday=weekday, start=start, end=end, **validity
        )


def open_around_the_clock(therapist, **validity):
    for weekday in range(1, 8):
        open_on(therapist, weekday, "00:00-00:00", **validity)


def get_openings(therapist, since=MONDAY, until=MONDAY + DAY, moments=()):
    """Return the rows that overlap the period; the function may return more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grid_from, opens, next_opens, closes "
            "FROM opening_hours(%s, %s, %s, %s) "
            "WHERE opens < %s AND coalesce(next_opens, closes) > %s ORDER BY opens",
            [[therapist.pk], since, until, list(moments), until, since],
        )
        return [Opening(*row) for row in cursor.fetchall()]


def find_opening(openings, moment):
    """Return the row that contains the moment, or None."""
    for opening in openings:
        if opening.opens <= moment < (opening.next_opens or opening.closes):
            return opening
    return None


def list_periods(therapist, since=MONDAY, until=MONDAY + DAY):
    return [
        f"{row.opens:%a %H:%M} to {row.closes:%a %H:%M}"
        for row in get_openings(therapist, since, until)
    ]
