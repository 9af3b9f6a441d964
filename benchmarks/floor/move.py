"""The floor's `POST appointments/{id}/move`: a client moves a booked appointment."""

from psycopg.types.numeric import Int8

from benchmarks.floor.database import run_change
from benchmarks.floor.errors import Refused
from benchmarks.floor.fields import parse_start
from benchmarks.floor.sql import (
    CALLER,
    COLUMNS,
    JOINS,
    LOCKS,
    OFFERED,
    RULES,
    SET_ACTOR,
    WRITTEN,
)

MOVE = f"""
WITH {CALLER}, target AS MATERIALIZED (
    -- The client's appointment, if the rules allow the new time.
    SELECT a.therapist_id, a.version, {SET_ACTOR}
      FROM (SELECT *, xmin AS version FROM appointments_appointment) a
      JOIN therapists_therapist t ON t.id = a.therapist_id AND t.is_active,
           LATERAL (SELECT %(start)s AS start, %(start)s + (a."end" - a.start) AS "end",
                           a.type,
                           (extract(epoch FROM a."end" - a.start) / 60)::int AS duration
                   ) candidate
     WHERE a.id = %(id)s AND a.client_id = (SELECT id FROM caller)
       AND a.status = 'booked' AND a.start > %(now)s
       AND t.user_id IS DISTINCT FROM %(user)s
       AND {RULES}
       AND {OFFERED}
), {LOCKS}, moved_appointment AS (
    -- Only the version that the rules have seen.
    UPDATE appointments_appointment a
       SET start = %(start)s, "end" = %(start)s + (a."end" - a.start),
           busy_until = %(start)s + (a.busy_until - a.start),
           overridden = '{{}}', is_exception = a.series_id IS NOT NULL,
           updated_at = %(now)s
      FROM locked_client, target
     WHERE a.id = %(id)s AND a.xmin = target.version
    RETURNING {WRITTEN}
)
SELECT {COLUMNS}
  FROM caller
  LEFT JOIN moved_appointment a ON TRUE
  {JOINS}
"""


def move(caller, environ, id, payload):
    values = {"id": Int8(id), "start": parse_start(payload["start"])}
    row = run_change(MOVE, caller, environ, values)
    if row is None:
        raise Refused
    return row
