"""The nearest slots for dates of a series that cannot be."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from psycopg.types.numeric import Int8

from appointments.availability import slots
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.services.series.check import Judged, Wanted

WEEK = timedelta(weeks=1)
# More than a therapist has in a year, unless they start every few minutes.
ALL_SLOTS = 50_000


def nearest(wish: Wanted, failing: list[Judged]) -> dict[int, dict]:
    """Find for each date the nearest slot of its day and of its week, on the local clock.

    Returns them by occurrence: `day` and `week` are starts as the API sends them, or
    None. A week begins on Monday (ISO 8601). Slots in which the client is busy are none.
    """
    clock = ZoneInfo(wish.therapist.time_zone)
    of_day, of_week = defaultdict(list), defaultdict(list)
    busy = _busy(wish.client_id)
    for days in _stretches({_monday(date.local) for date in failing}):
        first, last = (datetime.combine(day, time(), clock) for day in days)
        for text, start in _free(wish, first, last, busy):
            local = start.astimezone(clock)
            of_day[local.date()].append((start, text))
            of_week[_monday(local)].append((start, text))
    return {
        date.occurrence: {
            "day": _nearest(date, of_day[date.local.date()]),
            "week": _nearest(date, of_week[_monday(date.local)]),
        }
        for date in failing
    }


def _monday(local):
    return local.date() - timedelta(days=local.weekday())


def _stretches(mondays):
    """Join weeks that follow one another: one search instead of many."""
    stretches = []
    for monday in sorted(mondays):
        if stretches and stretches[-1][1] == monday:
            stretches[-1][1] += WEEK
        else:
            stretches.append([monday, monday + WEEK])
    return stretches


def _busy(client_id):
    to_come = Appointment.objects.filter(client=client_id, end__gt=timezone.now())
    lasting = to_come.exclude(status=Status.CANCELLED).exclude(
        status=Status.HELD, hold_expires_at__lte=timezone.now()
    )
    return list(lasting.values_list("start", "end"))


def _free(wish, first, last, busy):
    period = {
        "type": wish.type,
        "therapist_id": Int8(wish.therapist.pk),
        "start": first,
        "end": last,
    }
    then = [(begun, over) for begun, over in busy if begun < last and over > first]
    rows = slots.free(period, limit=ALL_SLOTS)
    found = [(row[0], datetime.fromisoformat(row[0]), row[2]) for row in rows]
    return [
        (text, start)
        for text, start, minutes in found
        if minutes == wish.duration
        and not any(
            start < over and begun < start + timedelta(minutes=minutes)
            for begun, over in then
        )
    ]


def _nearest(date, free):
    found = min(free, key=lambda slot: (abs(slot[0] - date.at), slot[0]), default=None)
    return found and found[1]
