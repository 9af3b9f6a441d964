WITH t AS MATERIALIZED (
    -- The therapist, and the part of the period in which clients may book.
    SELECT t.*, bounds.since, bounds.until,
           t.break_minutes * interval '1 minute' AS break
      FROM therapists_therapist t,
           LATERAL (SELECT greatest(%(start)s, %(now)s + t.notice_hours * interval '1 hour' + interval '1 microsecond')
                               AS since,
                           least(%(end)s, %(now)s + t.horizon_days * interval '24 hours') AS until) bounds
     WHERE t.id = %(therapist_id)s AND bounds.since < bounds.until
), opening AS (
    -- Days apart, even where they touch: an appointment must end on the day of its start.
    SELECT tstzrange(edge.opens, greatest(edge.opens, edge.closes))
           * tstzrange(c.since, c.until) AS period
      FROM t c,
           generate_series(date_trunc('day', c.since AT TIME ZONE c.time_zone),
                           c.until AT TIME ZONE c.time_zone, interval '1 day') local (day),
           LATERAL (SELECT opening_hours_edge(local.day::date + c.any_time_from, c.time_zone, FALSE) AS opens, opening_hours_edge(
            local.day::date + c.any_time_until
            + CASE c.any_time_until WHEN '00:00' THEN interval '1 day' ELSE '0' END,
            c.time_zone, c.any_time_until <> '00:00') AS closes) edge
     WHERE c.any_time_from <> c.any_time_until
    UNION ALL
    -- From 00:00 to 00:00 is always open.
    SELECT tstzrange(since, until) FROM t WHERE any_time_from = any_time_until
), blocked AS MATERIALIZED (
    -- Absences, closures and what appointments take. The last break may reach past the end.
    SELECT coalesce((
               SELECT range_agg(tstzrange(absence.start, absence.end))
                 FROM therapists_absence absence
                WHERE absence.therapist_id = t.id AND absence.end > lower(period)
                  AND absence.start < upper(period)), '{}')
           + coalesce((
               SELECT range_agg(tstzrange(closure.start::timestamp AT TIME ZONE %(practice)s, (closure.end + 1)::timestamp AT TIME ZONE %(practice)s))
                 FROM therapists_closure closure
                WHERE (closure.end + 1)::timestamp AT TIME ZONE %(practice)s > lower(period) AND closure.start::timestamp AT TIME ZONE %(practice)s < upper(period)), '{}')
           + coalesce((
                              SELECT range_agg(tstzrange(a.start, a.busy_until))
                                FROM appointments_appointment a
                               WHERE a.therapist_id = t.id
                                 AND a.status <> 'cancelled' AND (a.was_published OR NOT (a.status = 'held' AND a.hold_expires_at <= %(now)s))
                                 AND a.start > lower(period) - interval '720 minutes'
                                 AND a.start < upper(period) ), '{}') AS periods
      FROM t, LATERAL (SELECT tstzrange(t.since, t.until + t.break) AS period) span
), free AS (
    -- An appointment ends a break before what blocks, or when the day closes.
    SELECT unnest(tstzmultirange(tstzrange(lower(opening.period),
                                           upper(opening.period) + t.break))
                  - blocked.periods) AS period
      FROM t, blocked, opening
     WHERE NOT isempty(opening.period)
), stretch AS (
    -- In whole minutes, as starts are.
    SELECT date_trunc('minute', lower(free.period) + interval '59.999999 seconds') AS start,
           date_trunc('minute', upper(free.period) - t.break) AS end
      FROM t, free
)
SELECT stretch.start, stretch.end, t.id AS therapist_id, t.name AS therapist_name,
       ARRAY(
    SELECT s.name FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE link.therapist_id = t.id ORDER BY s.name) AS therapist_specialisms, t.time_zone AS therapist_time_zone
  FROM t, stretch
 WHERE stretch.end - stretch.start >= interval '5 minutes'
   AND (stretch.end, t.id) < (%(beyond)s::timestamptz, %(beyond_id)s)
 ORDER BY stretch.end DESC LIMIT %(limit)s
