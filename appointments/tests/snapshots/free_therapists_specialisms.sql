WITH considered AS MATERIALIZED (
    -- Active therapists with the specialisms, but not the client.
    SELECT t.*
      FROM therapists_therapist t
     WHERE t.is_active AND t.user_id IS DISTINCT FROM %(client_id)s
       AND EXISTS (
            SELECT FROM therapists_therapist_specialisms link
              JOIN therapists_specialism s ON s.id = link.specialism_id
             WHERE link.therapist_id = t.id AND lower(s.name) = ANY(%(specialisms)s))
), c AS MATERIALIZED (
    -- The start with each of them, and the opening hours that contain it.
    SELECT t.id, t.is_active, t.booking_mode, t.time_zone, t.any_time_from,
           t.any_time_until, t.longest_minutes, t.break_minutes,
           t.start_step_minutes, o.duration AS offered, t.notice_hours, t.horizon_days,
           %(now)s + t.notice_hours * interval '1 hour' AS notice_ends,
           %(now)s + t.horizon_days * interval '24 hours' AS horizon_ends, hours.grid_from, hours.closes,
           %(start)s::timestamptz AS start, %(duration)s::int AS duration
      FROM considered t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
      LEFT JOIN opening_hours(
               ARRAY(SELECT id FROM considered WHERE booking_mode = 'working_hours'),
               %(start)s, %(start)s) hours
        ON hours.therapist_id = t.id
       AND hours.opens <= %(start)s AND %(start)s < hours.closes
       AND (hours.next_opens IS NULL OR %(start)s < hours.next_opens)
), free AS MATERIALIZED (
    -- No rule and no appointment is in the way, or the time is available as it is.
    SELECT c.id
      FROM c
     WHERE (NOT c.is_active) IS NOT TRUE
                AND (c.offered IS NULL AND (
        c.booking_mode = 'working_hours'
        OR EXISTS (SELECT FROM therapists_offering o WHERE o.therapist_id = c.id))) IS NOT TRUE
                AND (c.offered <> c.duration) IS NOT TRUE
                AND (c.start <= c.notice_ends) IS NOT TRUE
                AND (c.start > c.horizon_ends) IS NOT TRUE
                AND (c.booking_mode = 'working_hours'
        AND (c.closes IS NULL OR c.start + c.duration * interval '1 minute' > c.closes)) IS NOT TRUE
                AND (c.booking_mode = 'working_hours'
        AND mod(extract(epoch FROM c.start - c.grid_from)::bigint,
                c.start_step_minutes * 60) <> 0) IS NOT TRUE
                AND (c.booking_mode = 'any_time'
        AND c.any_time_from <> c.any_time_until
        AND (c.start < opening_hours_edge((c.start AT TIME ZONE c.time_zone)::date + c.any_time_from, c.time_zone, FALSE)
             OR c.start + c.duration * interval '1 minute' > opening_hours_edge(
            (c.start AT TIME ZONE c.time_zone)::date + c.any_time_until
            + CASE c.any_time_until WHEN '00:00' THEN interval '1 day' ELSE '0' END,
            c.time_zone, c.any_time_until <> '00:00'))) IS NOT TRUE
                AND (c.booking_mode = 'any_time'
        AND c.duration > c.longest_minutes) IS NOT TRUE
                AND (EXISTS (
        SELECT FROM therapists_absence absence
         WHERE absence.therapist_id = c.id AND absence.end > c.start
           AND absence.start < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')) IS NOT TRUE
                AND (EXISTS (
        SELECT FROM therapists_closure closure
         WHERE (closure.end + 1)::timestamp AT TIME ZONE %(practice)s > c.start
           AND closure.start::timestamp AT TIME ZONE %(practice)s < c.start
               + (c.duration + c.break_minutes) * interval '1 minute')) IS NOT TRUE
       AND NOT coalesce((
        SELECT a.busy_until
          FROM appointments_appointment a
         WHERE a.therapist_id = c.id AND a.status <> 'cancelled' AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
           AND a.start > c.start - interval '720 minutes'
           AND a.start < c.start + (c.duration + c.break_minutes) * interval '1 minute'
           
         ORDER BY a.start DESC LIMIT 1) > c.start, FALSE)
    UNION
    SELECT a.therapist_id
      FROM appointments_appointment a
      JOIN considered ON considered.id = a.therapist_id
     WHERE (a.status = 'available' OR a.status = 'held' AND a.was_published)
       AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)
       AND a.start = %(start)s AND a.type = %(type)s
       AND a."end" = %(start)s + %(duration)s::int * interval '1 minute'
)
SELECT free.id AS therapist_id
  FROM free
 ORDER BY (SELECT count(*)
             FROM appointments_appointment a
            WHERE a.therapist_id = free.id AND a.status IN ('held', 'booked', 'completed', 'no_show')
              AND a.start >= %(monday)s AND a.start < %(next_monday)s),
          -- Requests at once should not all try the same one first.
          random()
 LIMIT 10
