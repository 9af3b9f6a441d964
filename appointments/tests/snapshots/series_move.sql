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
), requested AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(dates)s::jsonb)
        AS requested (start timestamptz, number bigint, overridden text[])
), moved AS (
    UPDATE appointments_appointment a
       SET start = requested.start, "end" = requested.start + (a."end" - a.start),
           busy_until = requested.start + (a.busy_until - a.start),
           overridden = requested.overridden, updated_at = %(now)s,
           moved_late = a.moved_late OR a.id = ANY(%(late_ids)s::bigint[])
      FROM requested, actor
     WHERE a.id = requested.number
    RETURNING a.id
), touched AS (
    UPDATE appointments_series
       SET updated_at = %(now)s, start = %(start)s
     WHERE id = %(series_id)s AND EXISTS (SELECT FROM moved)
)
SELECT count(*) FROM moved
