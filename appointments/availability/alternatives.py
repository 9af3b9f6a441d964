"""Free times near one that was refused, with the same therapist and with colleagues."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from appointments.availability.search import SlotRow
from appointments.availability.slots import find_slots
from appointments.models import Appointment
from therapists.models import Therapist

WEEK = timedelta(weeks=1)
# More than a therapist has in a week, unless they start every few minutes.
SLOTS_OF_WEEK = 1_000
# Among so many slots of colleagues, in order of time, the first of so many colleagues.
SLOTS_OF_COLLEAGUES, MOST_COLLEAGUES = 200, 3


class Alternatives(NamedTuple):
    """The nearest starts of the same day and week, and the first slots of colleagues."""

    day: datetime | None = None
    week: datetime | None = None
    colleagues: Sequence[SlotRow] = ()


def find_alternatives(
    therapist: Therapist,
    *,
    type: str,
    start: datetime,
    duration: int,
    client_id: int | None,
) -> Alternatives:
    """Find free times instead of a start, aware, of a duration in minutes.

    Day and week are those of the therapist's clock; a week begins on Monday (ISO 8601).
    Colleagues share a specialism; theirs are from the start on, for a week. Times at
    which the client is busy are left out.
    """
    busy = list_busy_periods(client_id)
    clock = ZoneInfo(therapist.time_zone)
    monday = get_monday(start.astimezone(clock), clock)
    filters = {"type": type, "therapist_id": therapist.pk}
    filters |= {"start": monday, "end": monday + WEEK}
    of_week = [
        slot.start
        for slot in _leave_out(find_slots(filters, limit=SLOTS_OF_WEEK), busy)
        if slot.duration == duration
    ]
    day = start.astimezone(clock).date()
    of_day = [other for other in of_week if other.astimezone(clock).date() == day]
    return Alternatives(
        get_nearest(start, of_day),
        get_nearest(start, of_week),
        _find_colleagues(therapist, type, start, busy),
    )


def find_alternatives_with_any(
    *, filters: dict[str, Any], type: str, start: datetime, client_id: int
) -> Alternatives:
    """Find the first free times, from the start on, of therapists with specialisms.

    `filters` is one of the `THERAPIST_FILTERS` by specialism, or none.
    """
    busy = list_busy_periods(client_id)
    return Alternatives(colleagues=_find_first_of_each(filters, type, start, busy))


def get_monday(local: datetime, clock: ZoneInfo) -> datetime:
    """Return the start of the local week."""
    monday = local.date() - timedelta(days=local.weekday())
    return datetime.combine(monday, time(), clock)


def get_nearest(start: datetime, starts: Sequence[datetime]) -> datetime | None:
    """Return the nearest of the starts, and of two the earlier."""
    return min(starts, key=lambda other: (abs(other - start), other), default=None)


def _find_colleagues(therapist, type, start, busy):
    names = [
        name.lower() for name in therapist.specialisms.values_list("name", flat=True)
    ]
    if not names:
        return []
    return _find_first_of_each({"specialisms": names}, type, start, busy, therapist.pk)


def _find_first_of_each(filters, type, start, busy, ignored=None):
    period = {"type": type, "start": start, "end": start + WEEK}
    first = {}
    for slot in _leave_out(
        find_slots(filters | period, limit=SLOTS_OF_COLLEAGUES), busy
    ):
        if slot.therapist_id != ignored:
            first.setdefault(slot.therapist_id, slot)
    return list(first.values())[:MOST_COLLEAGUES]


def list_busy_periods(client_id: int | None) -> list[tuple[datetime, datetime]]:
    """Return when a client is busy from now on; without a client, never."""
    if client_id is None:
        return []
    upcoming = Appointment.objects.filter(client=client_id, end__gt=timezone.now())
    return list(upcoming.occupying().values_list("start", "end"))


def _leave_out(slots, busy) -> Iterator[SlotRow]:
    for slot in slots:
        if not any(slot.start < end and start < slot.end for start, end in busy):
            yield slot
