WITH diary AS MATERIALIZED (
    -- Cancelling frees time and needs no lock, unless the time is published again, or a
    -- series that found it available may be about to take it.
    SELECT t.id
      FROM therapists_therapist t
     WHERE t.id = %(therapist_id)s AND %(locks_diary)s
       FOR NO KEY UPDATE
), actor AS MATERIALIZED (
    SELECT set_config('pghistory.context_metadata', jsonb_build_object(
               'user', %(user)s::bigint, 'request_id', %(request_id)s::text,
               'caller_request_id', %(caller_request_id)s::text,
               'role', CASE WHEN t.user_id = %(user)s AND t.is_active
                                THEN 'therapist'
                            WHEN %(acts_for_practice)s THEN 'practice'
                            ELSE 'client' END)::text, TRUE)
      FROM therapists_therapist t
     WHERE t.id = %(therapist_id)s
), changed AS (
    UPDATE appointments_appointment a
       SET status = 'cancelled', client_id = %(client_id)s,
           hold_expires_at = NULL, cancelled_by = %(role)s, cancelled_at = %(now)s,
           cancellation_reason = %(reason)s, cancelled_late = %(is_late)s,
           is_exception = a.series_id IS NOT NULL, updated_at = %(now)s
      FROM actor
     WHERE a.id = %(id)s AND a.xmin = %(version)s::text::xid AND (NOT %(locks_diary)s OR EXISTS (SELECT FROM diary))
    RETURNING a.*, a.xmin::text AS version, FALSE AS hold_expired
), published_again AS (
    INSERT INTO appointments_appointment
           (therapist_id, type, status, start, "end", busy_until, was_published,
            overridden, created_at, updated_at)
    SELECT therapist_id, type, 'available', start, "end", busy_until, TRUE,
           overridden, created_at, created_at
      FROM changed
     WHERE was_published AND %(publishes_again)s
)
SELECT a.id,
 a.start,
 a."end",
 (extract(epoch FROM a."end" - a.start) / 60)::int AS duration,
 a.type,
 CASE WHEN a.hold_expired THEN 'available' ELSE a.status END AS status,
 t.id AS therapist_id,
 t.name AS therapist_name,
 ARRAY(
    SELECT s.name FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE link.therapist_id = t.id ORDER BY s.name) AS therapist_specialisms,
 t.time_zone AS therapist_time_zone,
 c.id AS client_id,
 c.name AS client_name,
 c.email AS client_email,
 c.phone AS client_phone,
 CASE WHEN NOT a.hold_expired THEN a.hold_expires_at END AS hold_expires_at,
 a.status = 'held' AND NOT a.hold_expired
    AND EXISTS (SELECT FROM appointments_invitation WHERE appointment_id = a.id) AS invited,
 nullif(a.cancelled_by, '') AS cancelled_by,
 a.cancelled_at,
 nullif(a.cancellation_reason, '') AS cancellation_reason,
 a.cancelled_late,
 a.series_id,
 a.occurrence AS series_occurrence,
 a.is_exception AS series_is_exception,
 a.created_at,
 CASE WHEN a.hold_expired THEN a.created_at ELSE a.updated_at END AS updated_at,
 a.overridden,
 CASE WHEN a.hold_expired OR a.status = 'available'
    THEN concat_ws('-', a.id, a.therapist_id, a.type, a.start, a."end")
    ELSE a.id || '-' || a.version END AS version
  FROM changed a JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN LATERAL (SELECT * FROM accounts_user
    WHERE id = a.client_id AND NOT a.hold_expired LIMIT 1) c ON TRUE
