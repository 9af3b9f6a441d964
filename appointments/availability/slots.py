"""Which starts can be booked, computed from the diaries; nothing is stored."""

from collections import namedtuple
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.types.numeric import Int8

from appointments.availability import rules
from appointments.sql import ON_OFFER, moment
from booking.api.pagination import CursorPagination, Position
from therapists.models import Therapist

# Search goes through time in steps, each twice as long as the one before, until it has
# a page. Within a step it looks at no more stretches than a page may need: so many times
# the page, and some for those that are full, in the order of their first start.
ENOUGH = 3
SOME = 100
# A day for many therapists; for one as many as it takes to fill a usual page, or a few
# for a single slot.
FIRST_STEP = """interval '1 day' * greatest(1, least(
        7, (4 + %(limit)s / 8) / greatest(1, (SELECT count(*) FROM asked))))"""

# A condition in CASE is estimated to leave more rows: enough for a hash join.
# One step, from `step.since` to `step.until`; it may look at a part of it only.
_GRID = f"""
WITH opened AS MATERIALIZED (
    SELECT t.*, w.grid_from, w.closes,
           least(w.closes - t.offered * interval '1 minute',
                 w.next_opens - interval '1 microsecond') AS last,
           w.grid_from + ceil(
               extract(epoch FROM greatest(w.opens, step.since) - w.grid_from)
               / (t.start_step_minutes * 60)
           )::float8 * (t.start_step_minutes * interval '1 minute') AS first
      FROM ({rules.windows("asked", "step.since", "step.until")}) w
      JOIN asked t ON t.id = w.therapist_id
     WHERE CASE WHEN w.closes > step.since THEN w.opens < step.until END
), look AS MATERIALIZED (
    SELECT step.since, {{look_until}} AS until
), c AS MATERIALIZED (
    SELECT opened.*, opened.offered AS duration, start
      FROM opened, look,
           LATERAL generate_series(
               first, least(last, look.until - interval '1 microsecond'),
               start_step_minutes * interval '1 minute') start
     WHERE (start, opened.id) {{beyond}} (%(beyond)s, %(beyond_id)s)
     ORDER BY start {{order}}, opened.id {{order}}
)
"""

# The starts of the grid that are free, and the appointments that were published.
_FOUND = f"""
{_GRID}
SELECT look.since, look.until, count(slot.id) AS number,
       array_agg(slot.start) AS starts, array_agg(slot.ends) AS ends,
       array_agg(slot.id) AS ids, array_agg(slot.appointment_id) AS appointment_ids
  FROM look LEFT JOIN (
    (SELECT c.start, c.id, c.start + c.duration * interval '1 minute' AS ends,
            NULL::bigint AS appointment_id
       FROM c WHERE {rules.ALLOWED} AND NOT {rules.BUSY}
      ORDER BY c.start {{order}}, c.id {{order}} LIMIT %(limit)s)
    UNION ALL
    (SELECT a.start, a.therapist_id, a.end, a.id
       FROM appointments_appointment a JOIN therapists_therapist t
         ON t.id = a.therapist_id AND t.is_active
      WHERE {ON_OFFER} AND a.type = %(type)s AND a.start > %(now)s
        AND a.start >= (SELECT since FROM look) AND a.start < (SELECT until FROM look)
        AND (a.start, a.therapist_id) {{beyond}} (%(beyond)s, %(beyond_id)s) {{narrowed}}
      ORDER BY a.start {{order}}, a.therapist_id {{order}} LIMIT %(limit)s)
    ORDER BY 1 {{order}}, 2 {{order}} LIMIT %(limit)s
  ) slot ON TRUE
 GROUP BY look.since, look.until
"""

_SEARCH = f"""
WITH RECURSIVE asked AS MATERIALIZED (
    SELECT {rules.OF_THERAPIST}
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
     WHERE t.is_active AND t.booking_mode = 'working_hours' {{narrowed}}
), scan AS (
    SELECT %(start)s::timestamptz AS since, %(end)s::timestamptz AS until,
           {FIRST_STEP} AS width,
           0::bigint AS number, NULL::timestamptz[] AS starts, NULL::timestamptz[] AS ends,
           NULL::bigint[] AS ids, NULL::bigint[] AS appointment_ids
    UNION ALL
    SELECT {{rest}}, scan.width * 2, scan.number + found.number,
           found.starts, found.ends, found.ids, found.appointment_ids
      FROM scan, LATERAL (SELECT {{step}}) step, LATERAL ({_FOUND}) found
     WHERE scan.number < %(limit)s AND scan.since < scan.until
), slot AS MATERIALIZED (
    SELECT slot.*
      FROM scan, unnest(starts, ends, ids, appointment_ids)
           AS slot (start, ends, therapist_id, appointment_id)
     WHERE slot.start IS NOT NULL
     ORDER BY start {{order}}, therapist_id {{order}} LIMIT %(limit)s
), shown AS MATERIALIZED (
    SELECT t.id, t.name, t.time_zone,
           ARRAY(SELECT s.name FROM therapists_therapist_specialisms link
                   JOIN therapists_specialism s ON s.id = link.specialism_id
                  WHERE link.therapist_id = t.id ORDER BY s.name) AS specialisms
      FROM therapists_therapist t WHERE t.id = ANY(ARRAY(SELECT therapist_id FROM slot))
)
SELECT {moment("slot.start")}, {moment("slot.ends")},
       (extract(epoch FROM slot.ends - slot.start) / 60)::int,
       slot.appointment_id, t.id, t.name, t.time_zone, t.specialisms, %(type)s
  FROM slot JOIN shown t ON t.id = slot.therapist_id
 ORDER BY slot.start {{order}}, slot.therapist_id {{order}}
"""

_FORWARDS = {
    "order": "ASC",
    "beyond": ">",
    "step": """scan.since,
        least(scan.since + scan.width, scan.until) AS until""",
    "rest": "found.until, scan.until",
    "look_until": f"""least(step.until, (
        SELECT first + interval '1 minute' FROM opened
         ORDER BY first OFFSET {SOME} + {ENOUGH} * %(limit)s LIMIT 1))""",
}
_BACKWARDS = {
    "order": "DESC",
    "beyond": "<",
    "step": """greatest(scan.until - scan.width, scan.since) AS since,
        scan.until""",
    "rest": "scan.since, found.since",
    "look_until": "step.until",
}

_NARROWED = {
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
FIRST = ("-infinity", 0)
SlotRow = namedtuple(
    "SlotRow",
    "start end duration appointment_id therapist_id therapist_name "
    "therapist_time_zone therapist_specialisms type",
)


def free(wanted: dict[str, Any], *, limit: int, position: Position | None = None):
    """Read the slots from `wanted["start"]` until before `wanted["end"]`, in order.

    `wanted` has `type`, `start` and `end` (aware moments), and may have the keys of
    `_NARROWED`. From a position, slots after it are read, or, backwards, before it.

    Rows are (start, end, duration, appointment_id, therapist_id, name, time_zone,
    specialisms, type): moments as the API sends them, minutes, and an `appointment_id` where
    the slot is a published appointment. Every slot can be booked as it is.
    """
    backwards = position is not None and position.backwards
    start, therapist_id = position.keys if position else FIRST
    now = timezone.now()
    values = wanted | {
        "start": max(wanted["start"], now),
        "now": now,
        "practice": settings.PRACTICE_TIME_ZONE,
        "limit": Int8(limit),
        "beyond": start,
        "beyond_id": Int8(therapist_id),
    }
    with connection.cursor() as cursor:
        cursor.execute(_search(tuple(sorted(wanted)), backwards), values)
        return [SlotRow._make(row) for row in cursor.fetchall()]


def page(wanted: dict[str, Any], paging: CursorPagination):
    """Read one page of slots, from the position that the paging has."""
    rows = free(wanted, limit=paging.limit, position=paging.position)
    return paging.paginate_rows(rows, lambda row: [row[0], row[4]])


def next_one(therapist: Therapist, type: str):
    """Read the therapist's first slot within their horizon, or return None."""
    now = timezone.now()
    horizon = timedelta(days=therapist.horizon_days, microseconds=1)
    wanted = {"type": type, "therapist_id": Int8(therapist.pk)}
    rows = free(wanted | {"start": now, "end": now + horizon}, limit=1)
    return rows[0] if rows else None


@cache
def _search(wanted: tuple[str, ...], backwards: bool) -> str:
    narrowed = "".join(f" AND {_NARROWED[one]}" for one in wanted if one in _NARROWED)
    return _SEARCH.format(narrowed=narrowed, **(_BACKWARDS if backwards else _FORWARDS))
