"""Slot search: the starts that can be booked, computed from the diaries."""

from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from appointments.availability.rules import ALLOWED, BUSY, CANDIDATE
from appointments.sql import BOOKABLE, SPECIALISMS
from booking.api.pagination import CursorPagination, Position
from booking.statements import Statement
from therapists.models import BookingMode, Therapist

# Search goes through time in steps, each twice as long as the one before, until it has
# a page. The first step is a day for many therapists, and 4 to 7 days for one.
FIRST_STEP = """interval '1 day' * greatest(1, least(
               7, (4 + %(limit)s / 8) / greatest(1, (SELECT count(*) FROM searched))))"""
# Forwards, each step reads a limited number of openings, by their first start: so many
# for each slot of the page, and some besides in case openings are full.
OPENINGS_PER_SLOT, OPENINGS_BESIDE = 3, 100

THERAPIST_FILTERS = {
    "therapist_id": "t.id = %(therapist_id)s",
    "specialisms": """EXISTS (
            SELECT FROM therapists_therapist_specialisms link
              JOIN therapists_specialism s ON s.id = link.specialism_id
             WHERE link.therapist_id = t.id AND lower(s.name) = ANY(%(specialisms)s))""",
    "all_specialisms": """(
            SELECT count(*) FROM therapists_therapist_specialisms link
              JOIN therapists_specialism s ON s.id = link.specialism_id
             WHERE link.therapist_id = t.id AND lower(s.name) = ANY(%(all_specialisms)s)
            ) = cardinality(%(all_specialisms)s)""",
}


class SlotRow(NamedTuple):
    start: Any
    end: Any
    duration: int
    type: str
    appointment_id: int | None
    therapist_id: int
    therapist_name: str
    therapist_time_zone: str
    therapist_specialisms: list[str]


class Direction(NamedTuple):
    """The fragments in which reading forwards and backwards differ."""

    order: str
    beyond: str
    step: str
    remainder: str
    look_until: str


FORWARDS = Direction(
    order="ASC",
    beyond=">",
    step="scan.since, least(scan.since + scan.width, scan.until) AS until",
    remainder="found.until, scan.until",
    look_until=f"""least(step.until, (
               SELECT first + interval '1 minute' FROM opening ORDER BY first
               OFFSET {OPENINGS_BESIDE} + {OPENINGS_PER_SLOT} * %(limit)s LIMIT 1))""",
)
BACKWARDS = Direction(
    order="DESC",
    beyond="<",
    step="greatest(scan.until - scan.width, scan.since) AS since, scan.until",
    remainder="scan.since, found.since",
    look_until="step.until",
)
# `_compose` fills the placeholders with fragments of this module, of the rules and of a
# direction.
SEARCH = """
WITH RECURSIVE searched AS MATERIALIZED (
    -- The therapists whose slots are searched.
    SELECT {candidate}
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
     WHERE t.is_active AND t.booking_mode = '{working_hours}'{narrowed}
), scan AS (
    -- Step by step through time, until there is a page or no time is left.
    SELECT %(start)s::timestamptz AS since, %(end)s::timestamptz AS until,
           {first_step} AS width,
           0::bigint AS number, NULL::timestamptz[] AS starts, NULL::timestamptz[] AS ends,
           NULL::bigint[] AS therapist_ids, NULL::bigint[] AS appointment_ids
    UNION ALL
    SELECT {remainder}, scan.width * 2, scan.number + found.number,
           found.starts, found.ends, found.therapist_ids, found.appointment_ids
      FROM scan,
           LATERAL (SELECT {step}) step,
           LATERAL (
        WITH opening AS MATERIALIZED (
            -- Opening hours within the step, with their first and last start on the grid.
            SELECT t.*, hours.grid_from, hours.closes,
                   least(hours.closes - t.offered * interval '1 minute',
                         hours.next_opens - interval '1 microsecond') AS last,
                   hours.grid_from + ceil(
                       extract(epoch FROM greatest(hours.opens, step.since)
                                          - hours.grid_from)
                       / (t.start_step_minutes * 60)
                   )::float8 * (t.start_step_minutes * interval '1 minute') AS first
              FROM opening_hours(
                       ARRAY(SELECT id FROM searched), step.since, step.until) hours
              JOIN searched t ON t.id = hours.therapist_id
             WHERE hours.closes > step.since AND hours.opens < step.until
        ), part AS MATERIALIZED (
            -- The part of the step that search reads.
            SELECT step.since, {look_until} AS until
        ), c AS MATERIALIZED (
            -- The candidates: every start of the grid in that part.
            SELECT opening.*, opening.offered AS duration, start
              FROM opening, part, LATERAL generate_series(
                       first, least(last, part.until - interval '1 microsecond'),
                       start_step_minutes * interval '1 minute') start
             WHERE (start, opening.id) {beyond} (%(beyond)s, %(beyond_id)s)
             ORDER BY start {order}, opening.id {order}
        ), slot AS (
            -- Candidates that no rule and no appointment refuses. They are checked in
            -- order, so checking ends with the page.
            (SELECT c.start, c.id AS therapist_id, NULL::bigint AS appointment_id,
                    c.start + c.duration * interval '1 minute' AS "end"
               FROM c
              WHERE {allowed}
                AND NOT {busy}
              ORDER BY c.start {order}, c.id {order} LIMIT %(limit)s)
            UNION ALL
            -- Available appointments, which any client may book whatever the rules say.
            (SELECT a.start, a.therapist_id, a.id, a."end"
               FROM appointments_appointment a
               JOIN therapists_therapist t ON t.id = a.therapist_id AND t.is_active
              WHERE {bookable}
                AND a.type = %(type)s AND a.start > %(now)s
                AND a.start >= (SELECT since FROM part)
                AND a.start < (SELECT until FROM part)
                AND (a.start, a.therapist_id) {beyond} (%(beyond)s, %(beyond_id)s){narrowed}
              ORDER BY a.start {order}, a.therapist_id {order} LIMIT %(limit)s)
            ORDER BY 1 {order}, 2 {order} LIMIT %(limit)s
        )
        SELECT part.since, part.until, count(slot.therapist_id) AS number,
               array_agg(slot.start) AS starts, array_agg(slot."end") AS ends,
               array_agg(slot.therapist_id) AS therapist_ids,
               array_agg(slot.appointment_id) AS appointment_ids
          FROM part LEFT JOIN slot ON TRUE
         GROUP BY part.since, part.until
      ) found
     WHERE scan.number < %(limit)s AND scan.since < scan.until
), slot AS MATERIALIZED (
    -- What all steps found. The last step may exceed the page.
    SELECT slot.*
      FROM scan, unnest(starts, ends, therapist_ids, appointment_ids)
           AS slot (start, "end", therapist_id, appointment_id)
     WHERE slot.start IS NOT NULL
     ORDER BY start {order}, therapist_id {order} LIMIT %(limit)s
), therapist AS MATERIALIZED (
    -- Each therapist's names are read once, not for every slot.
    SELECT t.id, t.name, t.time_zone, {specialisms} AS specialisms
      FROM therapists_therapist t
     WHERE t.id = ANY(ARRAY(SELECT therapist_id FROM slot))
)
SELECT slot.start, slot."end",
       (extract(epoch FROM slot."end" - slot.start) / 60)::int AS duration,
       %(type)s AS type, slot.appointment_id, slot.therapist_id,
       therapist.name AS therapist_name, therapist.time_zone AS therapist_time_zone,
       therapist.specialisms AS therapist_specialisms
  FROM slot JOIN therapist ON therapist.id = slot.therapist_id
 ORDER BY slot.start {order}, slot.therapist_id {order}
"""


# The position before every slot.
FIRST = ("-infinity", 0)


def find_slots(
    filters: dict[str, Any], *, limit: int, position: Position | None = None
) -> list[SlotRow]:
    """Return the slots from `filters["start"]` until before `filters["end"]`, in order.

    `filters` has `type`, `start` and `end` (aware moments), and may have the keys of
    `THERAPIST_FILTERS`. The slots come after the position, or, backwards, before it. A
    slot that is an available appointment has its `appointment_id`. Every slot can be
    booked as it is.
    """
    backwards = position is not None and position.backwards
    beyond, beyond_id = position.keys if position else FIRST
    now = timezone.now()
    statement = get_search_statement(
        frozenset(filters & THERAPIST_FILTERS.keys()), backwards
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


def find_next_slot(therapist: Therapist, type: str) -> SlotRow | None:
    """Return the therapist's first slot within their horizon, if there is one."""
    now = timezone.now()
    horizon = timedelta(days=therapist.horizon_days, microseconds=1)
    filters = {"type": type, "therapist_id": therapist.pk}
    rows = find_slots(filters | {"start": now, "end": now + horizon}, limit=1)
    return rows[0] if rows else None


@cache
def get_search_statement(
    filters: frozenset[str], backwards: bool
) -> Statement[SlotRow]:
    words = ["slots", *sorted(filters), "backwards" if backwards else "forwards"]
    text = _compose(filters, BACKWARDS if backwards else FORWARDS)
    return Statement("_".join(words), text, SlotRow)


def _compose(filters, direction):
    conditions = [THERAPIST_FILTERS[name] for name in sorted(filters)]
    return SEARCH.format(
        candidate=CANDIDATE,
        working_hours=BookingMode.WORKING_HOURS,
        narrowed="".join(f"\n       AND {condition}" for condition in conditions),
        first_step=FIRST_STEP,
        allowed=ALLOWED,
        busy=BUSY,
        bookable=BOOKABLE,
        specialisms=SPECIALISMS,
        **direction._asdict(),
    )
