"""The search by hand.

It goes through the days one by one and stops with the page. No window of the hours
touches another, none begins or ends near a change of clocks or ends more than an hour
after its day; all hold for good. A session and its break take at most two hours.
"""

# The therapists to search, put in wherever the statement reads them.
THERAPIST = """
WITH chosen AS NOT MATERIALIZED (
    SELECT * FROM therapists_therapist WHERE is_active AND id = %(therapist)s
)"""
SPECIALISTS = """
WITH chosen AS NOT MATERIALIZED (
    SELECT * FROM therapists_therapist
     WHERE is_active AND id IN (
        SELECT link.therapist_id FROM therapists_therapist_specialisms link
          JOIN therapists_specialism s ON s.id = link.specialism_id
         WHERE lower(s.name) = %(specialism)s)
)"""
ALL_THERAPISTS = """
WITH chosen AS NOT MATERIALIZED (
    SELECT * FROM therapists_therapist WHERE is_active
)"""

# Follows one of these three.
SEARCH = """, bookable AS MATERIALIZED (
    -- Each therapist's sessions, and the time in which clients may book them.
    SELECT t.id, t.time_zone, o.duration * interval '1 minute' AS length,
           (o.duration + t.break_minutes) * interval '1 minute' AS busy,
           t.start_step_minutes * interval '1 minute' AS step,
           greatest(%(since)s::timestamptz,
                    now() + t.notice_hours * interval '1 hour') AS since,
           least(%(until)s::timestamptz,
                 now() + t.horizon_days * interval '24 hours') AS until
      FROM chosen t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = 'one-off'
     WHERE t.booking_mode = 'working_hours'
), closed AS MATERIALIZED (
    SELECT start::timestamp AT TIME ZONE 'UTC' AS start,
           ("end" + 1)::timestamp AT TIME ZONE 'UTC' AS "end"
      FROM therapists_closure
), page AS MATERIALIZED (
    SELECT slot.*
      FROM generate_series(%(since)s::timestamptz, %(until)s::timestamptz,
                           interval '1 day') day,
           LATERAL (
        SELECT * FROM (
            -- The starts on the grids of the day's hours. The hours may belong to the
            -- local day before or after.
            (SELECT * FROM (
                SELECT at AS start, at + length AS ends, bookable.id AS therapist_id,
                       NULL::bigint AS appointment_id, busy
                  FROM generate_series(-1, 1) n,
                       LATERAL (SELECT (day AT TIME ZONE 'UTC')::date + n AS date) local,
                       therapists_workinghours h
                  JOIN bookable ON bookable.id = h.therapist_id,
                       LATERAL (SELECT
                           (date + h.start) AT TIME ZONE time_zone AS opens,
                           (date + h.end + CASE WHEN h.end <= h.start
                                THEN interval '1 day' ELSE interval '0' END)
                               AT TIME ZONE time_zone AS closes) stretch,
                       LATERAL generate_series(opens, closes - length, step) at
                 WHERE h.weekday = extract(isodow FROM date)
                   AND opens < day + interval '1 day' AND closes > day
                   AND at >= day AND at < day + interval '1 day'
                   AND at >= bookable.since AND at < bookable.until
                 ORDER BY at, bookable.id) c
              -- Without those in a closure, an absence or another appointment.
              WHERE NOT EXISTS (SELECT FROM closed
                                 WHERE closed.start < c.start + busy
                                   AND closed.end > c.start)
                AND NOT EXISTS (SELECT FROM therapists_absence away
                                 WHERE away.therapist_id = c.therapist_id
                                   AND away.start < c.start + busy AND away.end > c.start)
                AND NOT EXISTS (SELECT FROM appointments_appointment a
                                 WHERE a.therapist_id = c.therapist_id
                                   AND a.start < c.start + busy
                                   AND a.start > c.start - interval '2 hours'
                                   AND a.busy_until > c.start AND a.status <> 'cancelled')
              LIMIT %(limit)s)
            UNION ALL
            -- The day's published appointments.
            (SELECT a.start, a.end, a.therapist_id, a.id, NULL
               FROM appointments_appointment a
               JOIN chosen t ON t.id = a.therapist_id
              WHERE a.status = 'available' AND a.type = 'one-off'
                AND a.start >= day AND a.start < day + interval '1 day'
                AND a.start > now() AND a.start < %(until)s::timestamptz
              ORDER BY a.start LIMIT %(limit)s)
        ) either
        ORDER BY start, therapist_id LIMIT %(limit)s) slot
     LIMIT %(limit)s
)
SELECT to_char(page.start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(page.ends, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       (extract(epoch FROM page.ends - page.start) / 60)::int,
       page.appointment_id, t.id, t.name, t.time_zone,
       ARRAY(SELECT s.name FROM therapists_therapist_specialisms link
               JOIN therapists_specialism s ON s.id = link.specialism_id
              WHERE link.therapist_id = t.id ORDER BY s.name),
       'one-off'
  FROM page JOIN therapists_therapist t ON t.id = page.therapist_id
 ORDER BY page.start, page.therapist_id
"""
