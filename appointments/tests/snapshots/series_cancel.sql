WITH actor AS MATERIALIZED (
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
       SET status = 'cancelled', cancelled_by = %(role)s, cancelled_at = %(now)s,
           cancellation_reason = %(reason)s, updated_at = %(now)s,
           cancelled_late = a.id = ANY(%(late_ids)s::bigint[])
      FROM actor
     WHERE a.id = ANY(%(ids)s::bigint[])
    RETURNING a.*
), published_again AS (
    INSERT INTO appointments_appointment
           (therapist_id, type, status, start, "end", busy_until, was_published,
            overridden, created_at, updated_at)
    SELECT therapist_id, type, 'available', start, "end", busy_until, TRUE,
           overridden, created_at, created_at
      FROM changed
     WHERE was_published AND %(publishes_again)s
), touched AS (
    UPDATE appointments_series
       SET updated_at = %(now)s
     WHERE id = %(series_id)s AND EXISTS (SELECT FROM changed)
)
SELECT count(*) FROM changed
