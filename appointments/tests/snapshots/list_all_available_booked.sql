-- A page of each part, and of these a page. Only its rows look for people.
WITH page AS MATERIALIZED (
    SELECT a.*, (a.status = 'held' AND a.hold_expires_at <= %(now)s) AS hold_expired FROM (
    -- everything, for staff
    (SELECT a.*, a.xmin::text AS version FROM appointments_appointment a
     WHERE (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
       AND (a.status = 'available' OR a.status = 'held' AND a.was_published)
       AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)
     ORDER BY a.start, a.id LIMIT %(limit)s)
    UNION ALL
    -- everything, for staff
    (SELECT a.*, a.xmin::text AS version FROM appointments_appointment a
     WHERE (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
       AND a.status = 'booked'
     ORDER BY a.start, a.id LIMIT %(limit)s)
    ) a
    ORDER BY a.start, a.id LIMIT %(limit)s
)
SELECT
  a.id,
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
  FROM page a
  JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN LATERAL (SELECT * FROM accounts_user
    WHERE id = a.client_id AND NOT a.hold_expired LIMIT 1) c ON TRUE
 ORDER BY a.start, a.id
