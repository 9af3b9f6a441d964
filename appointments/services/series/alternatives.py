"""The nearest free slots for dates of a series that cannot be booked."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from appointments.availability.alternatives import get_nearest, list_busy_periods
from appointments.availability.slots import find_slots
from appointments.services.series.check import CheckedDate
from appointments.services.series.plan import SeriesPlan

WEEK = timedelta(weeks=1)
# More than a therapist has in a year, unless they start every few minutes.
ALL_SLOTS = 50_000


class Alternatives(NamedTuple):
    """The nearest free starts of the same day and of the same week, if there are any."""

    day: datetime | None
    week: datetime | None


def find_alternatives(
    plan: SeriesPlan, failing: list[CheckedDate]
) -> dict[int, Alternatives]:
    """Find the alternatives of each date, by occurrence.

    Days and weeks are those of the therapist's clock; a week begins on Monday (ISO 8601).
    A slot in which the client is busy is no alternative, but to a therapist, who may not
    know.
    """
    clock = ZoneInfo(plan.therapist.time_zone)
    by_day, by_week = defaultdict(list), defaultdict(list)
    for start in _list_free_starts(plan, failing, clock):
        local = start.astimezone(clock)
        by_day[local.date()].append(start)
        by_week[_get_monday(local)].append(start)
    return {
        date.occurrence: Alternatives(
            day=get_nearest(date.at, by_day[date.local.date()]),
            week=get_nearest(date.at, by_week[_get_monday(date.local)]),
        )
        for date in failing
    }


def _list_free_starts(plan, failing, clock):
    busy = list_busy_periods(None if plan.hides_client else plan.client_id)
    for days in _join_weeks({_get_monday(date.local) for date in failing}):
        first, last = (datetime.combine(day, time(), clock) for day in days)
        filters = {
            "type": plan.type,
            "therapist_id": plan.therapist.pk,
            "start": first,
            "end": last,
        }
        nearby = [(start, end) for start, end in busy if start < last and end > first]
        for slot in find_slots(filters, limit=ALL_SLOTS):
            overlaps = any(
                slot.start < end and start < slot.end for start, end in nearby
            )
            if slot.duration == plan.duration and not overlaps:
                yield slot.start


def _join_weeks(mondays):
    """Join weeks that follow one another: one search instead of many."""
    stretches = []
    for monday in sorted(mondays):
        if stretches and stretches[-1][1] == monday:
            stretches[-1][1] += WEEK
        else:
            stretches.append([monday, monday + WEEK])
    return stretches


def _get_monday(local):
    return local.date() - timedelta(days=local.weekday())
