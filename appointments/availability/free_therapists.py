"""Therapists who are free at one start: for a request that leaves the choice to us."""

from datetime import datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from appointments.availability.alternatives import WEEK, get_monday
from appointments.availability.rules import ALLOWED, CANDIDATE, write_busy
from appointments.availability.therapist_filters import THERAPIST_FILTERS
from appointments.models.statuses import WITH_CLIENT, Status
from appointments.sql import BOOKABLE
from booking.statements import Statement
from therapists.models import BookingMode

# The first to try, and some in case that others take these meanwhile.
MOST_CANDIDATES = 10
TAKEN = ", ".join(f"'{status}'" for status in [Status.HELD, *WITH_CLIENT])
FIND = """
WITH considered AS MATERIALIZED (
    -- Active therapists with the specialisms, but not the client.
    SELECT t.*
      FROM therapists_therapist t
     WHERE t.is_active AND t.user_id IS DISTINCT FROM %(client_id)s{narrowed}
), c AS MATERIALIZED (
    -- The start with each of them, and the opening hours that contain it.
    SELECT {candidate}, hours.grid_from, hours.closes,
           %(start)s::timestamptz AS start, %(duration)s::int AS duration
      FROM considered t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
      LEFT JOIN opening_hours(
               ARRAY(SELECT id FROM considered WHERE booking_mode = '{working_hours}'),
               %(start)s, %(start)s) hours
        ON hours.therapist_id = t.id
       AND hours.opens <= %(start)s AND %(start)s < hours.closes
       AND (hours.next_opens IS NULL OR %(start)s < hours.next_opens)
), free AS MATERIALIZED (
    -- No rule and no appointment is in the way, or the time is available as it is.
    SELECT c.id
      FROM c
     WHERE {allowed}
       AND NOT {busy}
    UNION
    SELECT a.therapist_id
      FROM appointments_appointment a
      JOIN considered ON considered.id = a.therapist_id
     WHERE {bookable}
       AND a.start = %(start)s AND a.type = %(type)s
       AND a."end" = %(start)s + %(duration)s::int * interval '1 minute'
)
SELECT free.id AS therapist_id
  FROM free
 ORDER BY (SELECT count(*)
             FROM appointments_appointment a
            WHERE a.therapist_id = free.id AND a.status IN ({taken})
              AND a.start >= %(monday)s AND a.start < %(next_monday)s),
          -- Requests at once should not all try the same one first.
          random()
 LIMIT {most}
"""


class FreeTherapistRow(NamedTuple):
    therapist_id: int


def find_free_therapists(
    *,
    type: str,
    start: datetime,
    duration: int,
    client_id: int,
    filters: dict[str, list[str]],
) -> list[int]:
    """Return therapists with whom the start, aware, could be booked for some minutes.

    The one with the fewest appointments of that week comes first; weeks are those of the
    practice's clock, from Monday (ISO 8601). `filters` has one of the `THERAPIST_FILTERS`
    by specialism, or none. There may be more of them than are returned.
    """
    clock = ZoneInfo(settings.PRACTICE_TIME_ZONE)
    monday = get_monday(start.astimezone(clock), clock)
    rows = get_statement(frozenset(filters)).fetch_all(
        type=type,
        start=start,
        duration=duration,
        client_id=client_id,
        monday=monday,
        next_monday=monday + WEEK,
        now=timezone.now(),
        practice=settings.PRACTICE_TIME_ZONE,
        **filters,
    )
    return [row.therapist_id for row in rows]


@cache
def get_statement(names: frozenset[str]) -> Statement[FreeTherapistRow]:
    conditions = [THERAPIST_FILTERS[name] for name in sorted(names)]
    text = FIND.format(
        narrowed="".join(f"\n       AND {condition}" for condition in conditions),
        candidate=CANDIDATE,
        working_hours=BookingMode.WORKING_HOURS,
        allowed=ALLOWED,
        busy=write_busy(),
        bookable=BOOKABLE,
        taken=TAKEN,
        most=MOST_CANDIDATES,
    )
    return Statement(
        "_".join(["free_therapists", *sorted(names)]), text, FreeTherapistRow
    )
