-- An appointment that the user may see, with what decides about an operation on it.
WITH visible AS (
    SELECT a.*, a.xmin::text AS version, (a.status = 'held' AND a.hold_expires_at <= %(now)s) AS hold_expired
      FROM appointments_appointment a
     WHERE a.id = %(id)s
       AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
       AND (%(sees_all)s
    -- the client's own
    OR a.client_id = %(user)s AND NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s)
    -- the therapist's diary
    OR a.therapist_id = (SELECT id FROM therapists_therapist
          WHERE user_id = %(user)s AND is_active)
       AND a.client_id IS DISTINCT FROM %(user)s
       AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
    -- bookable by any client
    OR (a.status = 'available' OR a.status = 'held' AND a.was_published)
       AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)
       AND a.start > %(now)s
       AND EXISTS (SELECT FROM therapists_therapist t
          WHERE t.id = a.therapist_id AND t.is_active)
       AND NOT EXISTS (SELECT FROM therapists_therapist
          WHERE user_id = %(user)s AND is_active))
)
SELECT a.id, a.version, CASE WHEN a.hold_expired OR a.status = 'available'
    THEN concat_ws('-', a.id, a.therapist_id, a.type, a.start, a."end")
    ELSE a.id || '-' || a.version END AS etag_version, a.hold_expired,
       a.status AS stored_status, a.type, a.start, a."end", a.therapist_id,
       CASE WHEN NOT a.hold_expired THEN a.client_id END AS client_id,
       a.was_published, a.moved_late, a.concluded_at,
       t.user_id AS therapist_user_id, t.is_active AS therapist_is_active,
       t.cancellation_notice_hours AS notice_hours
  FROM visible a
  JOIN therapists_therapist t ON t.id = a.therapist_id
