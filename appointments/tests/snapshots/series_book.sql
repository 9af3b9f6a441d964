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
), added_series AS (
    INSERT INTO appointments_series
           (therapist_id, client_id, type, start, duration, every_weeks, count,
            created_at, updated_at)
    SELECT %(therapist_id)s, %(client_id)s, %(type)s, %(start)s, %(duration)s,
           %(every_weeks)s, %(count)s, %(now)s, %(now)s
      FROM actor
    RETURNING id
), taken AS (
    -- Available appointments that equal one of the dates.
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = %(client_id)s, updated_at = %(now)s,
           series_id = added_series.id, occurrence = requested.number
      FROM added_series, requested
     WHERE %(takes_available)s AND a.therapist_id = %(therapist_id)s
       AND a.start = requested.start AND a.type = %(type)s
       AND a.status = 'available'
       AND a."end" = requested.start + %(duration)s::int * interval '1 minute'
    RETURNING a.start
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            series_id, occurrence, overridden, created_at, updated_at)
    SELECT t.id, %(client_id)s, %(type)s, 'booked', requested.start, period.ends,
           period.ends + t.break_minutes * interval '1 minute',
           added_series.id, requested.number, requested.overridden, %(now)s, %(now)s
      FROM added_series, therapists_therapist t, requested,
           LATERAL (SELECT requested.start + %(duration)s::int * interval '1 minute')
               period (ends)
     WHERE t.id = %(therapist_id)s
       AND requested.start NOT IN (SELECT start FROM taken)
)
SELECT id FROM added_series
