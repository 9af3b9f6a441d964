"""The floor's `POST appointments`: a client adds an appointment."""

from datetime import timedelta

from psycopg.types.numeric import Int8

from benchmarks.floor.database import run_change
from benchmarks.floor.errors import Malformed
from benchmarks.floor.fields import check_type, parse_start
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

ADD = f"""
WITH {CALLER}, target AS MATERIALIZED (
    -- The therapist, if the rules allow the candidate.
    SELECT t.id AS therapist_id, {SET_ACTOR}
      FROM therapists_therapist t,
           (SELECT %(start)s AS start, %(end)s AS "end", %(type)s AS type,
                   %(duration)s AS duration) candidate
     WHERE t.id = %(therapist)s AND t.is_active AND EXISTS (SELECT FROM caller)
       AND t.user_id IS DISTINCT FROM %(user)s
       AND {RULES}
       AND {OFFERED}
), {LOCKS}, booked_appointment AS (
    -- What is available at that time is booked.
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = locked_client.id, updated_at = %(now)s
      FROM locked_client
     WHERE a.therapist_id = %(therapist)s AND a.start = %(start)s AND a."end" = %(end)s
       AND a.type = %(type)s AND a.status = 'available'
    RETURNING {WRITTEN}
), new_appointment AS (
    INSERT INTO appointments_appointment AS a
           (therapist_id, client_id, type, status, start, "end", busy_until,
            overridden, created_at, updated_at)
    SELECT t.id, locked_client.id, %(type)s, 'booked', %(start)s, %(end)s,
           %(end)s + t.break_minutes * interval '1 minute', '{{}}', %(now)s, %(now)s
      FROM locked_therapist t, locked_client
     WHERE NOT EXISTS (SELECT FROM booked_appointment)
    RETURNING {WRITTEN}
)
SELECT {COLUMNS}
  FROM caller
  LEFT JOIN (TABLE booked_appointment UNION ALL TABLE new_appointment) a ON TRUE
  {JOINS}
"""


def add(caller, environ, payload):
    duration = payload["duration"]
    if not 5 <= duration <= 480:
        raise ValueError
    start = parse_start(payload["start"])
    values = {
        "start": start,
        "end": start + timedelta(minutes=duration),
        "duration": duration,
        "type": check_type(payload["type"]),
        "therapist": Int8(payload["therapist_id"]),
    }
    row = run_change(ADD, caller, environ, values)
    if row is None:
        raise Malformed
    return row
