"""The floor's `POST appointments/{id}/cancel`: a client cancels an appointment."""

from psycopg.types.numeric import Int8

from benchmarks.floor.database import run_change
from benchmarks.floor.errors import Refused
from benchmarks.floor.sql import CALLER, COLUMNS, JOINS, SET_ACTOR, WRITTEN

CANCELLATION_REASONS = (
    "",
    "illness",
    "travel",
    "no_longer_needed",
    "therapist_unavailable",
    "other",
)

# A published appointment becomes available again: a new row, for which the diary is
# locked.
CANCEL = f"""
WITH {CALLER}, target AS MATERIALIZED (
    -- The client's appointment, if there is still time to cancel it.
    SELECT a.therapist_id, a.was_published, {SET_ACTOR}
      FROM appointments_appointment a JOIN therapists_therapist t ON t.id = a.therapist_id
     WHERE a.id = %(id)s AND a.client_id = (SELECT id FROM caller)
       AND a.status IN ('booked', 'held') AND a."end" > %(now)s
       AND (a.status = 'held'
            OR %(now)s <= a.start - t.cancellation_notice_hours * interval '1 hour')
), locked_therapist AS MATERIALIZED (
    SELECT id FROM therapists_therapist
     WHERE id = (SELECT therapist_id FROM target WHERE was_published) FOR NO KEY UPDATE
), cancelled_appointment AS (
    UPDATE appointments_appointment a
       SET status = 'cancelled', hold_expires_at = NULL, cancelled_by = 'client',
           cancelled_at = %(now)s, cancellation_reason = %(reason)s,
           cancelled_late = FALSE, is_exception = a.series_id IS NOT NULL,
           updated_at = %(now)s
      FROM target
     WHERE a.id = %(id)s AND a.status IN ('booked', 'held')
       AND (NOT target.was_published OR EXISTS (SELECT FROM locked_therapist))
    RETURNING {WRITTEN}
), available_appointment AS (
    INSERT INTO appointments_appointment
           (therapist_id, type, status, start, "end", busy_until, was_published,
            overridden, created_at, updated_at)
    SELECT therapist_id, type, 'available', start, "end", busy_until, TRUE,
           overridden, %(now)s, %(now)s
      FROM cancelled_appointment WHERE was_published AND start > %(now)s
)
SELECT {COLUMNS}
  FROM caller
  LEFT JOIN cancelled_appointment a ON TRUE
  {JOINS}
"""


def cancel(caller, environ, id, payload):
    reason = payload.get("reason", "")
    if reason not in CANCELLATION_REASONS:
        raise ValueError
    values = {"id": Int8(id), "reason": reason}
    row = run_change(CANCEL, caller, environ, values)
    if row is None:
        raise Refused
    return row
