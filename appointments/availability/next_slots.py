"""The first slot of each of several therapists, in order of time.

Search looks at a few days first, and only for a page that these do not fill at more. Its
cost is bounded by `WINDOWS`: therapists who have nothing are looked at once in each.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from appointments.availability.days import DAY, DayRow, get_statement
from appointments.availability.search import SlotRow
from appointments.models import Appointment
from booking.api.pagination import CursorPagination
from therapists.models import Offering, Therapist

# Days from today on, at the end of each step.
WINDOWS = (2, 14, 62)


def find_page(
    type: str, specialisms: list[str], *, match_all: bool, paging: CursorPagination
) -> list[SlotRow]:
    """Return a page of first slots within the last of `WINDOWS`, each therapist once.

    Without specialisms, these are of all therapists. Every slot can be booked as it is.
    """
    therapists = Therapist.objects.listed()
    if specialisms:
        therapists = therapists.with_specialisms(specialisms, all_of_them=match_all)
    ids = list(therapists.order_by().values_list("pk", flat=True).distinct())
    rows = []
    for found in _find_by_windows(type, ids):
        rows = _select(rows + found, paging)
        if len(rows) > paging.size and not paging.backwards:
            break
    page = paging.paginate_rows(
        rows, lambda row: [row.start.isoformat(), row.therapist_id]
    )
    return _add_details(page, type)


def _select(rows, paging):
    """Return the rows beyond the position, in the order in which they are paged."""
    position = paging.position
    rows = sorted(rows, key=_get_key, reverse=paging.backwards)
    if position is not None:
        edge = (datetime.fromisoformat(position.keys[0]), position.keys[1])
        rows = [
            row
            for row in rows
            if (_get_key(row) < edge if position.backwards else _get_key(row) > edge)
        ]
    return rows[: paging.limit] if not paging.backwards else rows


def _get_key(row):
    return (row.start, row.therapist_id)


def _find_by_windows(type: str, ids: list[int]) -> Iterator[list[DayRow]]:
    """Yield the first slots of the therapists of whom a window is the first with any."""
    zone = settings.PRACTICE_TIME_ZONE
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    statement = get_statement(
        frozenset({"therapist_ids"}), counts=False, backwards=False
    )
    first, remaining = 0, set(ids)
    for end in WINDOWS:
        rows = statement.fetch_all(
            type=type,
            therapist_ids=sorted(remaining),
            first_day=today + first * DAY,
            last_day=today + (end - 1) * DAY,
            zone=zone,
            now=timezone.now(),
            practice=zone,
            beyond=today,
            beyond_id=0,
            limit=len(remaining) * (end - first),
        )
        earliest: dict[int, DayRow] = {}
        for row in rows:
            earliest.setdefault(row.therapist_id, row)
        yield list(earliest.values())
        remaining -= earliest.keys()
        first = end


def _add_details(rows: list[DayRow], type: str) -> list[SlotRow]:
    """Add what a slot has besides its start: its length, and what it is if published."""
    ids = [row.therapist_id for row in rows]
    offered = Offering.objects.filter(therapist__in=ids, type=type)
    minutes = dict(offered.values_list("therapist", "duration"))
    at = Q(pk=None)
    for row in rows:
        at |= Q(therapist=row.therapist_id, start=row.start)
    available = Appointment.objects.bookable().filter(at, type=type)
    published = {(one.start, one.therapist_id): one for one in available}
    return [
        _make_slot(row, type, minutes, published.get(_get_key(row))) for row in rows
    ]


def _make_slot(
    row: DayRow, type: str, minutes: dict[int, int], available: Any
) -> SlotRow:
    length = (
        available.end - available.start
        if available
        else timedelta(minutes=minutes[row.therapist_id])
    )
    return SlotRow(
        start=row.start,
        end=row.start + length,
        duration=length // timedelta(minutes=1),
        type=type,
        appointment_id=available and available.pk,
        therapist_id=row.therapist_id,
        therapist_name=row.therapist_name,
        therapist_time_zone=row.therapist_time_zone,
        therapist_specialisms=row.therapist_specialisms,
    )
