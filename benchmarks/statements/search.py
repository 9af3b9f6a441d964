"""The statements by hand that the search is measured against, as pgbench runs them.

They answer the same questions in the same columns, and read all that the rules are
about. Of the benchmark's data they take for granted that no window touches another, that
no edge is near a change of clocks, that no window ends more than an hour after its day,
that all hours hold for good and that sessions take up to two hours with their break.
They go through the days one by one, and stop with the page.
"""

from benchmarks.floor.sql import ANSWER, TOLD, by_hand

THERAPISTS = {
    "one": "AND t.id = :therapist",
    "specialism": """AND t.id IN (
        SELECT link.therapist_id FROM therapists_therapist_specialisms link
          JOIN therapists_specialism s ON s.id = link.specialism_id
         WHERE lower(s.name) = :specialism)""",
    "all": "",
}

SEARCH = """
WITH asked AS MATERIALIZED (
    SELECT t.id, t.time_zone, o.duration * interval '1 minute' AS length,
           (o.duration + t.break_minutes) * interval '1 minute' AS taken,
           t.start_step_minutes * interval '1 minute' AS step,
           greatest(:since::timestamptz, now() + t.notice_hours * interval '1 hour') AS since,
           least(:until::timestamptz, now() + t.horizon_days * interval '24 hours') AS until
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = 'one-off'
     WHERE t.is_active AND t.booking_mode = 'working_hours' {therapists}
), closed AS MATERIALIZED (
    SELECT start::timestamp AT TIME ZONE 'UTC' AS start,
           ("end" + 1)::timestamp AT TIME ZONE 'UTC' AS "end"
      FROM therapists_closure
), page AS MATERIALIZED (
    SELECT found.*
      FROM generate_series(:since::timestamptz, :until::timestamptz,
                           interval '1 day') day,
           LATERAL (
        SELECT * FROM (
            (SELECT * FROM (
                SELECT at AS start, at + length AS ends, asked.id AS therapist_id,
                       NULL::bigint AS appointment_id, taken
                  FROM generate_series(-1, 1) n,
                       LATERAL (SELECT (day AT TIME ZONE 'UTC')::date + n AS date) local,
                       therapists_workinghours h
                  JOIN asked ON asked.id = h.therapist_id,
                       LATERAL (SELECT
                           (date + h.start) AT TIME ZONE time_zone AS opens,
                           (date + h.end + CASE WHEN h.end <= h.start
                                THEN interval '1 day' ELSE interval '0' END)
                               AT TIME ZONE time_zone AS closes) w,
                       LATERAL generate_series(opens, closes - length, step) at
                 WHERE h.weekday = extract(isodow FROM date)
                   AND opens < day + interval '1 day' AND closes > day
                   AND at >= day AND at < day + interval '1 day'
                   AND at >= asked.since AND at < asked.until
                 ORDER BY at, asked.id) c
              WHERE NOT EXISTS (SELECT FROM closed
                                 WHERE closed.start < c.start + taken
                                   AND closed.end > c.start)
                AND NOT EXISTS (SELECT FROM therapists_absence away
                                 WHERE away.therapist_id = c.therapist_id
                                   AND away.start < c.start + taken AND away.end > c.start)
                AND NOT EXISTS (SELECT FROM appointments_appointment a
                                 WHERE a.therapist_id = c.therapist_id
                                   AND a.start < c.start + taken
                                   AND a.start > c.start - interval '2 hours'
                                   AND a.busy_until > c.start AND a.status <> 'cancelled')
              LIMIT :limit)
            UNION ALL
            (SELECT a.start, a.end, a.therapist_id, a.id, NULL
               FROM appointments_appointment a
               JOIN therapists_therapist t ON t.id = a.therapist_id
              WHERE a.status = 'available' AND a.type = 'one-off' AND t.is_active
                AND a.start >= day AND a.start < day + interval '1 day'
                AND a.start > now() AND a.start < :until::timestamptz {therapists}
              ORDER BY a.start LIMIT :limit)
        ) either
        ORDER BY start, therapist_id LIMIT :limit) found
     LIMIT :limit
)
SELECT to_char(page.start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(page.ends AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       (extract(epoch FROM page.ends - page.start) / 60)::int,
       page.appointment_id, t.id, t.name, t.time_zone,
       ARRAY(SELECT s.name FROM therapists_therapist_specialisms link
               JOIN therapists_specialism s ON s.id = link.specialism_id
              WHERE link.therapist_id = t.id ORDER BY s.name),
       'one-off'
  FROM page JOIN therapists_therapist t ON t.id = page.therapist_id
 ORDER BY page.start, page.therapist_id;
"""

# The variables of a wish: client number n of the connection's own slots.
_VALUES = {"user": ":client", "now": "now()", "request_id": "'by hand'"}
BOOK = f"""
\\set n :n + 1
\\set client :first_client + :client_id
\\set therapist 5 + 5 * (:client_id * :each + :n % :each)
\\set day :n / 8
\\set hour :n % 8
\\set at :monday + (:day / 5 * 7 + :day % 5) * 86400 + (8 + :hour + :hour / 4) * 3600
WITH wish AS MATERIALIZED (
    SELECT to_timestamp(:at) AS start, to_timestamp(:at) + interval '60 minutes' AS ends
), caller AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = :client AND is_active AND upper(md5(password)) IS NOT NULL
), allowed AS MATERIALIZED (
    SELECT t.id, wish.start, wish.ends, {by_hand(TOLD, **_VALUES)}
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id
       AND o.type = 'one-off' AND o.duration = 60, wish
     WHERE t.id = :therapist AND t.is_active AND EXISTS (SELECT FROM caller)
       AND t.user_id IS DISTINCT FROM :client
       AND wish.start >= now() + t.notice_hours * interval '1 hour'
       AND wish.start <= now() + t.horizon_days * interval '24 hours'
       AND EXISTS (
           SELECT FROM generate_series(-1, 0) n,
                  LATERAL (SELECT (wish.start AT TIME ZONE t.time_zone)::date + n
                               AS date) local,
                  therapists_workinghours h,
                  LATERAL (SELECT
                      (date + h.start) AT TIME ZONE t.time_zone AS opens,
                      (date + h.end + CASE WHEN h.end <= h.start
                           THEN interval '1 day' ELSE interval '0' END)
                          AT TIME ZONE t.time_zone AS closes) w
            WHERE h.therapist_id = t.id AND h.weekday = extract(isodow FROM date)
              AND opens <= wish.start AND wish.ends <= closes
              AND extract(epoch FROM wish.start - opens)::int
                  % (t.start_step_minutes * 60) = 0)
       AND NOT EXISTS (
           SELECT FROM therapists_absence away
            WHERE away.therapist_id = t.id AND away.end > wish.start
              AND away.start < wish.ends + t.break_minutes * interval '1 minute')
       AND NOT EXISTS (
           SELECT FROM therapists_closure closed
            WHERE (closed.end + 1)::timestamp AT TIME ZONE 'UTC' > wish.start
              AND closed.start::timestamp AT TIME ZONE 'UTC'
                  < wish.ends + t.break_minutes * interval '1 minute')
), diary AS MATERIALIZED (
    SELECT id, break_minutes FROM therapists_therapist
     WHERE id = (SELECT id FROM allowed) FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = :client AND EXISTS (SELECT FROM diary) FOR NO KEY UPDATE
), taken AS (
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = person.id, updated_at = now()
      FROM person, wish
     WHERE a.therapist_id = :therapist AND a.start = wish.start AND a."end" = wish.ends
       AND a.type = 'one-off' AND a.status = 'available'
    RETURNING a.*, a.xmin::text AS version
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            overridden, created_at, updated_at)
    SELECT diary.id, person.id, 'one-off', 'booked', wish.start, wish.ends,
           wish.ends + diary.break_minutes * interval '1 minute', '{{}}', now(), now()
      FROM diary, person, wish
     WHERE NOT EXISTS (SELECT FROM taken)
    RETURNING *, xmin::text AS version
)
SELECT {by_hand(ANSWER, **_VALUES)}
  FROM (SELECT * FROM taken UNION ALL SELECT * FROM added) a
  JOIN therapists_therapist t ON t.id = a.therapist_id
  JOIN accounts_user c ON c.id = a.client_id;
"""
