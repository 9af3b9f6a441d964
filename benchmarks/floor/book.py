"""The floor's `POST appointments/{id}/book`: a client books an available appointment."""

from psycopg.types.numeric import Int8

from benchmarks.floor.database import run_change
from benchmarks.floor.errors import NotFound
from benchmarks.floor.sql import CALLER, COLUMNS, JOINS, LOCKS, SET_ACTOR, WRITTEN

BOOK = f"""
WITH {CALLER}, target AS MATERIALIZED (
    -- The appointment, if it is available; therapists do not book.
    SELECT a.therapist_id, {SET_ACTOR}
      FROM appointments_appointment a
      JOIN therapists_therapist t ON t.id = a.therapist_id AND t.is_active
     WHERE a.id = %(id)s AND a.status = 'available' AND a.start > %(now)s
       AND EXISTS (SELECT FROM caller)
       AND NOT EXISTS (SELECT FROM therapists_therapist WHERE user_id = %(user)s)
), {LOCKS}, booked_appointment AS (
    -- Another client may have booked it while this one waited for the locks.
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = locked_client.id, updated_at = %(now)s
      FROM locked_client
     WHERE a.id = %(id)s AND a.status = 'available'
    RETURNING {WRITTEN}
)
SELECT {COLUMNS}
  FROM caller
  LEFT JOIN booked_appointment a ON TRUE
  {JOINS}
"""


def book(caller, environ, id, payload):
    row = run_change(BOOK, caller, environ, {"id": Int8(id)})
    if row is None:
        raise NotFound
    return row
