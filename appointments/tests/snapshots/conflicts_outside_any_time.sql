WITH upcoming AS MATERIALIZED (
    -- Upcoming booked and held appointments, of one therapist or of the whole practice.
    SELECT a.id, a.therapist_id, a.start,
           (extract(epoch FROM a."end" - a.start) / 60)::int AS duration
      FROM appointments_appointment a
     WHERE (a.status = 'booked'
            OR a.status = 'held' AND a.hold_expires_at > %(now)s)
       AND a.start > %(now)s
       AND (%(therapist_id)s::bigint IS NULL OR a.therapist_id = %(therapist_id)s)
), c AS (
    -- Each as a candidate, without an offering: offerings bind new appointments only.
    SELECT t.id, t.is_active, t.booking_mode, t.time_zone, t.any_time_from,
           t.any_time_until, t.longest_minutes, t.break_minutes,
           t.start_step_minutes, o.duration AS offered, t.notice_hours, t.horizon_days,
           %(now)s + t.notice_hours * interval '1 hour' AS notice_ends,
           %(now)s + t.horizon_days * interval '24 hours' AS horizon_ends, a.id AS appointment_id, a.start, a.duration
           
      FROM upcoming a
      JOIN therapists_therapist t ON t.id = a.therapist_id
      LEFT JOIN therapists_offering o ON FALSE
)
SELECT c.appointment_id AS id FROM c WHERE c.booking_mode = 'any_time'
        AND c.any_time_from <> c.any_time_until
        AND (c.start < opening_hours_edge((c.start AT TIME ZONE c.time_zone)::date + c.any_time_from, c.time_zone, FALSE)
             OR c.start + c.duration * interval '1 minute' > opening_hours_edge(
            (c.start AT TIME ZONE c.time_zone)::date + c.any_time_until
            + CASE c.any_time_until WHEN '00:00' THEN interval '1 day' ELSE '0' END,
            c.time_zone, c.any_time_until <> '00:00')) ORDER BY c.start, c.appointment_id
