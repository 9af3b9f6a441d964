WITH day AS MATERIALIZED (
    -- The days of the zone, as periods.
    SELECT day::date AS day, day AT TIME ZONE %(zone)s AS since,
           (day + interval '1 day') AT TIME ZONE %(zone)s AS until
      FROM generate_series(%(first_day)s::timestamp, %(last_day)s::timestamp,
                           interval '1 day') day
), searched AS MATERIALIZED (
    -- The therapists whose slots are searched, and the period of all the days.
    SELECT t.id, t.is_active, t.booking_mode, t.time_zone, t.any_time_from,
           t.any_time_until, t.longest_minutes, t.break_minutes,
           t.start_step_minutes, o.duration AS offered, t.notice_hours, t.horizon_days,
           %(now)s + t.notice_hours * interval '1 hour' AS notice_ends,
           %(now)s + t.horizon_days * interval '24 hours' AS horizon_ends,
           tstzrange(least(greatest(period.since, %(now)s), period.until), period.until)
               AS span
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s,
           LATERAL (SELECT min(since) AS since, max(until) AS until FROM day) period
     WHERE t.is_active AND t.booking_mode = 'working_hours'
       AND EXISTS (
            SELECT FROM therapists_therapist_specialisms link
              JOIN therapists_specialism s ON s.id = link.specialism_id
             WHERE link.therapist_id = t.id AND lower(s.name) = ANY(%(specialisms)s))
), free AS (
    -- Opening hours, without absences and without what appointments take. A break may
    -- reach past the end.
    SELECT t.*, hours.grid_from, hours.next_opens, hours.closes,
           unnest(tstzmultirange(stretch.period) - coalesce((
                      SELECT range_agg(tstzrange(start, "end"))
                        FROM therapists_absence absence
                       WHERE absence.therapist_id = t.id
                         AND absence.end > lower(t.span)
                         AND absence.start < upper(t.span)), '{}')
                  - coalesce((
                              SELECT range_agg(tstzrange(a.start, a.busy_until))
                                FROM appointments_appointment a
                               WHERE a.therapist_id = t.id
                                 AND a.status <> 'cancelled' AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
                                 AND a.start > lower(period) - interval '720 minutes'
                                 AND a.start < upper(period) ), '{}')) AS free
      FROM opening_hours(
               -- Null, without any therapist, calls no function.
               nullif(ARRAY(SELECT id FROM searched), '{}'),
               (SELECT min(lower(span)) FROM searched),
               (SELECT max(upper(span)) FROM searched)) hours
      JOIN searched t ON t.id = hours.therapist_id,
           LATERAL (SELECT tstzrange(
               greatest(hours.opens, lower(t.span)),
               least(hours.closes, upper(t.span) + t.offered * interval '1 minute')
                   + t.break_minutes * interval '1 minute')) stretch (period)
     WHERE hours.closes > lower(t.span) AND hours.opens < upper(t.span)
), opening AS MATERIALIZED (
    -- Each with its first and last start on the grid.
    SELECT free.*,
           least(closes - offered * interval '1 minute',
                 next_opens - interval '1 microsecond',
                 upper(free) - (offered + break_minutes) * interval '1 minute') AS last,
           grid_from + ceil(
               extract(epoch FROM from_here - grid_from) / (start_step_minutes * 60)
           )::float8 * (start_step_minutes * interval '1 minute') AS first
      FROM free, LATERAL (SELECT lower(free) AS from_here) edge
), found AS (
    -- What each opening has on each day.
    SELECT day.day, opening.id AS therapist_id, slot.start, slot.count
      FROM opening
      JOIN day ON opening.first < day.until AND opening.last >= day.since,
           LATERAL (
               SELECT min(c.start) AS start, count(*) AS count
                 FROM (SELECT c.start
                         FROM (SELECT opening.*, opening.offered AS duration, start
                                 FROM (SELECT greatest(opening.first, day.since)) edge
                                          (from_here),
                                      generate_series(
                                          opening.grid_from + ceil(
               extract(epoch FROM from_here - opening.grid_from) / (opening.start_step_minutes * 60)
           )::float8 * (opening.start_step_minutes * interval '1 minute'),
                                          least(opening.last,
                                                day.until - interval '1 microsecond'),
                                          opening.start_step_minutes * interval '1 minute'
                                      ) start) c
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
                        ) c) slot
     WHERE slot.count > 0
    UNION ALL
    -- Available appointments, which any client may book whatever the rules say.
    SELECT day.day, t.id, min(a.start), count(*)
      FROM therapists_therapist t,
           -- By therapist: OFFSET keeps PostgreSQL from reading those of all others.
           LATERAL (
               SELECT a.start
                 FROM appointments_appointment a
                WHERE a.therapist_id = t.id AND (a.status = 'available' OR a.status = 'held' AND a.was_published)
       AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)
                  AND a.type = %(type)s AND a.start > %(now)s
                  AND a.start >= (SELECT min(since) FROM day)
                  AND a.start < (SELECT max(until) FROM day)
               OFFSET 0) a
      JOIN day ON a.start >= day.since AND a.start < day.until
     WHERE t.is_active
       AND EXISTS (
            SELECT FROM therapists_therapist_specialisms link
              JOIN therapists_specialism s ON s.id = link.specialism_id
             WHERE link.therapist_id = t.id AND lower(s.name) = ANY(%(specialisms)s))
     GROUP BY day.day, t.id
), page AS MATERIALIZED (
    SELECT day, therapist_id, min(start) AS start, sum(count)::int AS count
      FROM found
     WHERE (day, therapist_id) > (%(beyond)s::date, %(beyond_id)s)
     GROUP BY day, therapist_id
     ORDER BY day ASC, therapist_id ASC LIMIT %(limit)s
)
SELECT page.day, page.start, page.count AS count, t.id AS therapist_id,
       t.name AS therapist_name, ARRAY(
    SELECT s.name FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE link.therapist_id = t.id ORDER BY s.name) AS therapist_specialisms,
       t.time_zone AS therapist_time_zone
  FROM page JOIN therapists_therapist t ON t.id = page.therapist_id
 ORDER BY page.day ASC, page.therapist_id ASC
