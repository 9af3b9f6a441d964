"""A weekly series by hand: checked, locked and booked in one statement.

It takes for granted that the therapist's clock does not change, which is true of those
that it is asked about, and that no window touches another. One date that cannot be
refuses all.
"""

from benchmarks.floor.sql import TOLD, by_hand

_VALUES = {"user": ":client", "now": "now()", "request_id": "'by hand'"}

# Each client has series number `s` at another hour of the week, 40 in all; then the next
# client of the same connection goes on.
BOOK = f"""
\\set n :n + 1
\\set j (:n - 1) / 40
\\set s (:n - 1) % 40
\\set client :first_client + :client_id + :connections * :j
\\set therapist 5 + 5 * (:client_id * :each + (:s + 3 * :j) % :each)
\\set hour :s % 8
\\set at :monday + :s / 8 * 86400 + (8 + :hour + :hour / 4) * 3600
WITH wished AS MATERIALIZED (
    SELECT n AS occurrence, start, start + interval '60 minutes' AS ends
      FROM generate_series(1, :count) n,
           LATERAL (SELECT to_timestamp(:at) + (n - 1) * interval '7 days' AS start) date
), caller AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = :client AND is_active AND upper(md5(password)) IS NOT NULL
), allowed AS MATERIALIZED (
    SELECT t.id, {by_hand(TOLD, **_VALUES)}
      FROM therapists_therapist t
      JOIN therapists_offering o ON o.therapist_id = t.id
       AND o.type = 'one-off' AND o.duration = 60
     WHERE t.id = :therapist AND t.is_active AND EXISTS (SELECT FROM caller)
       AND t.user_id IS DISTINCT FROM :client
       AND NOT EXISTS (
           SELECT FROM wished
            WHERE wished.start < now() + t.notice_hours * interval '1 hour'
               OR wished.start > now() + t.horizon_days * interval '24 hours'
               OR NOT EXISTS (
                   SELECT FROM generate_series(-1, 0) n,
                          LATERAL (SELECT (wished.start AT TIME ZONE t.time_zone)::date + n
                                       AS date) local,
                          therapists_workinghours h,
                          LATERAL (SELECT
                              (date + h.start) AT TIME ZONE t.time_zone AS opens,
                              (date + h.end + CASE WHEN h.end <= h.start
                                   THEN interval '1 day' ELSE interval '0' END)
                                  AT TIME ZONE t.time_zone AS closes) w
                    WHERE h.therapist_id = t.id AND h.weekday = extract(isodow FROM date)
                      AND opens <= wished.start AND wished.ends <= closes
                      AND extract(epoch FROM wished.start - opens)::int
                          % (t.start_step_minutes * 60) = 0)
               OR EXISTS (
                   SELECT FROM therapists_absence away
                    WHERE away.therapist_id = t.id AND away.end > wished.start
                      AND away.start < wished.ends + t.break_minutes * interval '1 minute')
               OR EXISTS (
                   SELECT FROM therapists_closure closed
                    WHERE (closed.end + 1)::timestamp AT TIME ZONE 'UTC' > wished.start
                      AND closed.start::timestamp AT TIME ZONE 'UTC'
                          < wished.ends + t.break_minutes * interval '1 minute'))
), diary AS MATERIALIZED (
    SELECT id, break_minutes FROM therapists_therapist
     WHERE id = (SELECT id FROM allowed) FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = :client AND EXISTS (SELECT FROM diary) FOR NO KEY UPDATE
), made AS (
    INSERT INTO appointments_series
           (therapist_id, client_id, type, start, duration, every_weeks, count,
            created_at, updated_at)
    SELECT diary.id, person.id, 'one-off', to_timestamp(:at), 60, 1, :count, now(), now()
      FROM diary, person
    RETURNING *
), taken AS (
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = made.client_id, updated_at = now(),
           series_id = made.id, occurrence = wished.occurrence
      FROM made, wished
     WHERE a.therapist_id = :therapist AND a.start = wished.start
       AND a."end" = wished.ends AND a.type = 'one-off' AND a.status = 'available'
    RETURNING a.*
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            series_id, occurrence, overridden, created_at, updated_at)
    SELECT diary.id, made.client_id, 'one-off', 'booked', wished.start, wished.ends,
           wished.ends + diary.break_minutes * interval '1 minute',
           made.id, wished.occurrence, '{{}}', now(), now()
      FROM made, diary, wished
     WHERE wished.start NOT IN (SELECT start FROM taken)
    RETURNING *
)
SELECT a.occurrence, a.id, a.status,
       to_char(a.start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       made.id, t.id, t.name,
       ARRAY(SELECT s.name FROM therapists_therapist_specialisms link
               JOIN therapists_specialism s ON s.id = link.specialism_id
              WHERE link.therapist_id = t.id ORDER BY s.name),
       c.id, c.name, c.email, made.created_at, made.updated_at
  FROM made
  JOIN therapists_therapist t ON t.id = made.therapist_id
  JOIN accounts_user c ON c.id = made.client_id,
       (SELECT * FROM taken UNION ALL SELECT * FROM added) a
 ORDER BY a.occurrence;
"""
