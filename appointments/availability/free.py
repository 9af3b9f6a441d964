"""The stretches in which a therapist at any time is free.

Whatever lies inside a stretch can be booked, if the therapist takes its type and duration.
The statement reads the diary of one therapist, for one period.
"""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from appointments.availability import rules
from appointments.sql import SPECIALISMS
from booking.api.pagination import CursorPagination
from booking.statements import Statement
from therapists.models import SHORTEST_MINUTES

DAY_OPENS, DAY_CLOSES = rules.write_day_edges("local.day::date")
FIND = """
WITH t AS MATERIALIZED (
    -- The therapist, and the part of the period in which clients may book.
    SELECT t.*, bounds.since, bounds.until,
           t.break_minutes * interval '1 minute' AS break
      FROM therapists_therapist t,
           LATERAL (SELECT greatest(%(start)s, {notice_ends} + interval '1 microsecond')
                               AS since,
                           least(%(end)s, {horizon_ends}) AS until) bounds
     WHERE t.id = %(therapist_id)s AND bounds.since < bounds.until
), opening AS (
    -- Days apart, even where they touch: an appointment must end on the day of its start.
    SELECT tstzrange(edge.opens, greatest(edge.opens, edge.closes))
           * tstzrange(c.since, c.until) AS period
      FROM t c,
           generate_series(date_trunc('day', c.since AT TIME ZONE c.time_zone),
                           c.until AT TIME ZONE c.time_zone, interval '1 day') local (day),
           LATERAL (SELECT {day_opens} AS opens, {day_closes} AS closes) edge
     WHERE c.any_time_from <> c.any_time_until
    UNION ALL
    -- From 00:00 to 00:00 is always open.
    SELECT tstzrange(since, until) FROM t WHERE any_time_from = any_time_until
), blocked AS MATERIALIZED (
    -- Absences, closures and what appointments take. The last break may reach past the end.
    SELECT coalesce((
               SELECT range_agg(tstzrange(absence.start, absence.end))
                 FROM therapists_absence absence
                WHERE absence.therapist_id = t.id AND absence.end > lower(period)
                  AND absence.start < upper(period)), '{{}}')
           + coalesce((
               SELECT range_agg(tstzrange({closes}, {reopens}))
                 FROM therapists_closure closure
                WHERE {reopens} > lower(period) AND {closes} < upper(period)), '{{}}')
           + {taken} AS periods
      FROM t, LATERAL (SELECT tstzrange(t.since, t.until + t.break) AS period) span
), free AS (
    -- An appointment ends a break before what blocks, or when the day closes.
    SELECT unnest(tstzmultirange(tstzrange(lower(opening.period),
                                           upper(opening.period) + t.break))
                  - blocked.periods) AS period
      FROM t, blocked, opening
     WHERE NOT isempty(opening.period)
), stretch AS (
    -- In whole minutes, as starts are.
    SELECT date_trunc('minute', lower(free.period) + interval '59.999999 seconds') AS start,
           date_trunc('minute', upper(free.period) - t.break) AS end
      FROM t, free
)
SELECT stretch.start, stretch.end, t.id AS therapist_id, t.name AS therapist_name,
       {specialisms} AS therapist_specialisms, t.time_zone AS therapist_time_zone
  FROM t, stretch
 WHERE stretch.end - stretch.start >= interval '{shortest} minutes'
   AND (stretch.end, t.id) {beyond} (%(beyond)s::timestamptz, %(beyond_id)s)
 ORDER BY stretch.end {order} LIMIT %(limit)s
"""


class FreeRow(NamedTuple):
    start: datetime
    end: datetime
    therapist_id: int
    therapist_name: str
    therapist_specialisms: list[str]
    therapist_time_zone: str


def find_page(
    therapist_id: int, *, start: datetime, end: datetime, paging: CursorPagination
) -> list[FreeRow]:
    """Return a page of the free stretches of a therapist at any time, in order.

    The stretches are cut at the two moments, at the notice and at the horizon. Stretches
    too short for any appointment are left out. Published times are not free.
    """
    # A stretch's end stays while time passes. Its start moves on with the notice.
    position = paging.position
    beyond, beyond_id = position.keys if position else ("-infinity", 0)
    rows = get_statement(paging.backwards).fetch_all(
        therapist_id=therapist_id,
        start=start,
        end=end,
        now=timezone.now(),
        practice=settings.PRACTICE_TIME_ZONE,
        beyond=beyond,
        beyond_id=beyond_id,
        limit=paging.limit,
    )
    return paging.paginate_rows(
        rows, lambda row: [row.end.isoformat(), row.therapist_id]
    )


@cache
def get_statement(backwards: bool) -> Statement[FreeRow]:
    text = FIND.format(
        notice_ends=rules.NOTICE_ENDS,
        horizon_ends=rules.HORIZON_ENDS,
        day_opens=DAY_OPENS,
        day_closes=DAY_CLOSES,
        closes=rules.CLOSES,
        reopens=rules.REOPENS,
        taken=rules.write_taken(),
        specialisms=SPECIALISMS,
        shortest=SHORTEST_MINUTES,
        beyond="<" if backwards else ">",
        order="DESC" if backwards else "ASC",
    )
    return Statement(f"free_{'backwards' if backwards else 'forwards'}", text, FreeRow)
