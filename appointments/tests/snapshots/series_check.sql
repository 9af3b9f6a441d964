WITH requested AS MATERIALIZED (
    SELECT start, number
      FROM unnest(%(starts)s::timestamptz[]) WITH ORDINALITY requested (start, number)
), hours AS MATERIALIZED (
    SELECT hours.*
      FROM therapists_therapist t,
           opening_hours(
               CASE WHEN t.booking_mode = 'working_hours' THEN ARRAY[t.id] END,
               (SELECT min(start) FROM requested), (SELECT max(start) FROM requested),
               %(starts)s::timestamptz[]) hours
     WHERE t.id = %(therapist_id)s
), candidate AS MATERIALIZED (
    -- Each requested start, with the opening hours that contain it.
    SELECT t.id, t.is_active, t.booking_mode, t.time_zone, t.any_time_from,
           t.any_time_until, t.longest_minutes, t.break_minutes,
           t.start_step_minutes, o.duration AS offered, t.notice_hours, t.horizon_days,
           %(now)s + t.notice_hours * interval '1 hour' AS notice_ends,
           %(now)s + t.horizon_days * interval '24 hours' AS horizon_ends, hours.grid_from, hours.closes,
           requested.number, requested.start, %(duration)s::int AS duration,
           requested.start + %(duration)s::int * interval '1 minute' AS "end"
      FROM therapists_therapist t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
     CROSS JOIN requested
      LEFT JOIN hours
        ON hours.opens <= requested.start AND requested.start < hours.closes
       AND (hours.next_opens IS NULL OR requested.start < hours.next_opens)
     WHERE t.id = %(therapist_id)s
), c AS MATERIALIZED (
    -- An available appointment does not block the date: the series books it.
    -- Not by EXISTS, for which PostgreSQL would hash all bookable appointments.
    SELECT candidate.*, %(takes_available)s AND (
               SELECT a.id FROM appointments_appointment a
                WHERE a.therapist_id = candidate.id AND a.type = %(type)s
                  AND a.start = candidate.start AND a."end" = candidate."end"
                  AND (a.status = 'available' OR a.status = 'held' AND a.was_published)
       AND (a.status = 'available' OR a.hold_expires_at <= %(now)s) LIMIT 1) IS NOT NULL AS is_bookable
      FROM candidate
)
SELECT CASE WHEN is_bookable THEN '{}' ELSE array_remove(ARRAY[
    CASE WHEN NOT c.is_active
        THEN 'therapist_inactive' END,
    CASE WHEN c.offered IS NULL AND (
        c.booking_mode = 'working_hours'
        OR EXISTS (SELECT FROM therapists_offering o WHERE o.therapist_id = c.id))
        THEN 'type_not_offered' END,
    CASE WHEN c.offered <> c.duration
        THEN 'wrong_duration' END,
    CASE WHEN c.start <= c.notice_ends
        THEN 'too_soon' END,
    CASE WHEN c.start > c.horizon_ends
        THEN 'too_far' END,
    CASE WHEN c.booking_mode = 'working_hours'
        AND (c.closes IS NULL OR c.start + c.duration * interval '1 minute' > c.closes)
        THEN 'outside_working_hours' END,
    CASE WHEN c.booking_mode = 'working_hours'
        AND mod(extract(epoch FROM c.start - c.grid_from)::bigint,
                c.start_step_minutes * 60) <> 0
        THEN 'off_grid' END,
    CASE WHEN c.booking_mode = 'any_time'
        AND c.any_time_from <> c.any_time_until
        AND (c.start < opening_hours_edge((c.start AT TIME ZONE c.time_zone)::date + c.any_time_from, c.time_zone, FALSE)
             OR c.start + c.duration * interval '1 minute' > opening_hours_edge(
            (c.start AT TIME ZONE c.time_zone)::date + c.any_time_until
            + CASE c.any_time_until WHEN '00:00' THEN interval '1 day' ELSE '0' END,
            c.time_zone, c.any_time_until <> '00:00'))
        THEN 'outside_any_time' END,
    CASE WHEN c.booking_mode = 'any_time'
        AND c.duration > c.longest_minutes
        THEN 'too_long' END,
    CASE WHEN EXISTS (
        SELECT FROM therapists_absence absence
         WHERE absence.therapist_id = c.id AND absence.end > c.start
           AND absence.start < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')
        THEN 'therapist_absent' END,
    CASE WHEN EXISTS (
        SELECT FROM therapists_closure closure
         WHERE (closure.end + 1)::timestamp AT TIME ZONE %(practice)s > c.start
           AND closure.start::timestamp AT TIME ZONE %(practice)s < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')
        THEN 'practice_closed' END
    ], NULL) END AS broken_rules,
       NOT is_bookable AND EXISTS (
           SELECT FROM appointments_appointment a
            WHERE a.therapist_id = c.id AND a.busy_until > c.start
              AND a.start > c.start - interval '720 minutes'
              AND a.start < c."end" + c.break_minutes * interval '1 minute'
              AND a.status <> 'cancelled' AND a.id <> ALL(%(ignored)s)
              AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))) AS therapist_busy,
       %(sees_client)s AND EXISTS (
           SELECT FROM appointments_appointment a
            WHERE a.client_id = %(client_id)s AND a."end" > c.start
              AND a.start > c.start - interval '720 minutes' AND a.start < c."end"
              AND a.status <> 'cancelled' AND a.id <> ALL(%(ignored)s)
              AND NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s)) AS client_busy
  FROM c
 ORDER BY number
