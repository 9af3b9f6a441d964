"""Slot search: the starts that can be booked, computed from the diaries."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from appointments.availability.search import SlotRow, get_search_statement
from appointments.availability.therapist_filters import THERAPIST_FILTERS
from appointments.errors import NotInSlots
from appointments.models import Appointment
from booking.api.pagination import CursorPagination, Position
from therapists.models import BookingMode, Therapist

# The position before every slot.
FIRST = ("-infinity", 0)


def find_slots(
    filters: dict[str, Any], *, limit: int, position: Position | None = None
) -> list[SlotRow]:
    """Return the slots from `filters["start"]` until before `filters["end"]`, in order.

    `filters` has `type`, `start` and `end` (aware moments), and may have the keys of
    `THERAPIST_FILTERS`. With `ignored`, the id of an appointment, and its `duration` in
    minutes, the slots are those to which it can be moved. The slots come after the position, or, backwards, before it. A
    slot that is an available appointment has its `appointment_id`. Every slot can be
    booked as it is.
    """
    backwards = position is not None and position.backwards
    beyond, beyond_id = position.keys if position else FIRST
    now = timezone.now()
    statement = get_search_statement(
        frozenset(filters & THERAPIST_FILTERS.keys()),
        backwards,
        moves="ignored" in filters,
    )
    return statement.fetch_all(
        **filters
        | {"start": max(filters["start"], now), "now": now, "limit": limit}
        | {"beyond": beyond, "beyond_id": beyond_id}
        | {"practice": settings.PRACTICE_TIME_ZONE}
    )


def find_page(filters: dict[str, Any], paging: CursorPagination) -> list[SlotRow]:
    """Return one page of slots, from the position that the paging has."""
    rows = find_slots(filters, limit=paging.limit, position=paging.position)
    return paging.paginate_rows(
        rows, lambda row: [row.start.isoformat(), row.therapist_id]
    )


def refuse_without_slots(therapist: Therapist) -> None:
    """Raise `NotInSlots` for a therapist at any time who has published nothing to come."""
    if therapist.booking_mode != BookingMode.ANY_TIME:
        return
    published = Appointment.objects.bookable().filter(
        therapist=therapist, start__gt=timezone.now()
    )
    if not published.exists():
        raise NotInSlots


def find_next_slot(therapist: Therapist, type: str) -> SlotRow | None:
    """Return the therapist's first slot within their horizon, if there is one."""
    now = timezone.now()
    horizon = timedelta(days=therapist.horizon_days, microseconds=1)
    filters = {"type": type, "therapist_id": therapist.pk}
    rows = find_slots(filters | {"start": now, "end": now + horizon}, limit=1)
    return rows[0] if rows else None
