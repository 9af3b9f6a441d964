"""The floor's statements that change one appointment, and the one that replays.

Each is right whoever else changes the same: it sees, locks and changes in one, and the
change looks at the status again. One row without an appointment says that it is refused.
"""

from benchmarks.floor.sql import ALLOWED, ANSWER, CALLER, CLIENT, TOLD

_LOCKED = """diary AS MATERIALIZED (
    SELECT id, break_minutes FROM therapists_therapist
     WHERE id = (SELECT therapist_id FROM seen) FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = %(user)s AND EXISTS (SELECT FROM diary) FOR NO KEY UPDATE
)"""
_ANSWERED = f"""
SELECT {ANSWER}
  FROM caller
  LEFT JOIN changed a ON TRUE
  LEFT JOIN therapists_therapist t ON t.id = a.therapist_id
  {CLIENT}
"""

TAKE = f"""
WITH {CALLER}, seen AS MATERIALIZED (
    SELECT a.therapist_id, {TOLD}
      FROM appointments_appointment a
      JOIN therapists_therapist t ON t.id = a.therapist_id AND t.is_active
     WHERE a.id = %(id)s AND a.status = 'available' AND a.start > %(now)s
       AND EXISTS (SELECT FROM caller)
       AND NOT EXISTS (SELECT FROM therapists_therapist WHERE user_id = %(user)s)
), {_LOCKED}, changed AS (
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = person.id, updated_at = %(now)s
      FROM person
     WHERE a.id = %(id)s AND a.status = 'available'
    RETURNING a.*, a.xmin::text AS version
) {_ANSWERED}
"""

# Within the diary of one therapist, by whom it was booked.
_RULES = ALLOWED.format(
    type="a.type",
    duration='(extract(epoch FROM a."end" - a.start) / 60)::int',
    end='(%(start)s + (a."end" - a.start))',
)
MOVE = f"""
WITH {CALLER}, seen AS MATERIALIZED (
    SELECT a.therapist_id, a.version, {TOLD}
      FROM (SELECT *, xmin AS version FROM appointments_appointment) a
      JOIN therapists_therapist t ON t.id = a.therapist_id AND t.is_active
     WHERE a.id = %(id)s AND a.client_id = (SELECT id FROM caller)
       AND a.status = 'booked' AND a.start > %(now)s {_RULES}
), {_LOCKED}, changed AS (
    UPDATE appointments_appointment a
       SET start = %(start)s, "end" = %(start)s + (a."end" - a.start),
           busy_until = %(start)s + (a.busy_until - a.start),
           overridden = '{{}}', is_exception = a.series_id IS NOT NULL,
           updated_at = %(now)s
      FROM person, seen
     WHERE a.id = %(id)s AND a.xmin = seen.version
    RETURNING a.*, a.xmin::text AS version
) {_ANSWERED}
"""

# By whom it was booked. What was published is published again.
CANCEL = f"""
WITH {CALLER}, seen AS MATERIALIZED (
    SELECT a.therapist_id, a.was_published, {TOLD}
      FROM appointments_appointment a JOIN therapists_therapist t ON t.id = a.therapist_id
     WHERE a.id = %(id)s AND a.client_id = (SELECT id FROM caller)
       AND a.status IN ('booked', 'held') AND a."end" > %(now)s
       AND (a.status = 'held'
            OR %(now)s <= a.start - t.cancellation_notice_hours * interval '1 hour')
), diary AS MATERIALIZED (
    SELECT id FROM therapists_therapist
     WHERE id = (SELECT therapist_id FROM seen WHERE was_published) FOR NO KEY UPDATE
), changed AS (
    UPDATE appointments_appointment a
       SET status = 'cancelled', hold_expires_at = NULL, cancelled_by = 'client',
           cancelled_at = %(now)s, cancellation_reason = %(reason)s,
           cancelled_late = FALSE, is_exception = a.series_id IS NOT NULL,
           updated_at = %(now)s
      FROM seen
     WHERE a.id = %(id)s AND a.status IN ('booked', 'held')
       AND (NOT seen.was_published OR EXISTS (SELECT FROM diary))
    RETURNING a.*, a.xmin::text AS version
), republished AS (
    INSERT INTO appointments_appointment
           (therapist_id, type, status, start, "end", busy_until, was_published,
            overridden, created_at, updated_at)
    SELECT therapist_id, type, 'available', start, "end", busy_until, TRUE,
           overridden, %(now)s, %(now)s
      FROM changed WHERE was_published AND start > %(now)s
) {_ANSWERED}
"""

REPLAY = f"""
WITH {CALLER}
SELECT stored.status, stored.body, stored.etag, stored.fingerprint
  FROM caller
  LEFT JOIN booking_idempotentresponse stored
    ON stored.user_id = caller.id AND stored.key = %(key)s AND stored.expires_at > %(now)s
"""
