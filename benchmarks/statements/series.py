"""A weekly series by hand: checked, locked and booked in one statement.

One date that cannot be booked refuses all. The therapist's clock does not change; the
rest of what the statement assumes, `opening_hours` says.
"""

from benchmarks.floor.sql import CALLER, LOCKS, OFFERED, RULES, SET_ACTOR
from benchmarks.statements.opening_hours import WITHIN_HOURS

# Each client books 40 series, each at another hour of the week; then the connection's
# next client goes on.
SETUP = """\\set n :n + 1
\\set j (:n - 1) / 40
\\set s (:n - 1) % 40
\\set user :first_client + :client_id + :connections * :j
\\set therapist 5 + 5 * (:client_id * :each + (:s + 3 * :j) % :each)
\\set hour :s % 8
\\set at :monday + :s / 8 * 86400 + (8 + :hour + :hour / 4) * 3600
"""

BOOK_SERIES = f"""
WITH {CALLER}, dates AS MATERIALIZED (
    SELECT n AS occurrence, start, start + interval '60 minutes' AS "end"
      FROM generate_series(1, %(count)s) n,
           LATERAL (SELECT to_timestamp(%(at)s) + (n - 1) * interval '7 days'
                        AS start) date
), target AS MATERIALIZED (
    -- The therapist, if the rules allow every date.
    SELECT t.id AS therapist_id, {SET_ACTOR}
      FROM therapists_therapist t,
           (SELECT 'one-off' AS type, 60 AS duration) candidate
     WHERE t.id = %(therapist)s AND t.is_active AND EXISTS (SELECT FROM caller)
       AND t.user_id IS DISTINCT FROM %(user)s
       AND {OFFERED}
       AND NOT EXISTS (
           SELECT FROM dates candidate WHERE NOT ({RULES} AND {WITHIN_HOURS}))
), {LOCKS}, new_series AS (
    INSERT INTO appointments_series
           (therapist_id, client_id, type, start, duration, every_weeks, count,
            created_at, updated_at)
    SELECT t.id, locked_client.id, 'one-off', to_timestamp(%(at)s), 60, 1, %(count)s,
           %(now)s, %(now)s
      FROM locked_therapist t, locked_client
    RETURNING *
), booked_appointment AS (
    -- What is available at these times is booked.
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = new_series.client_id, updated_at = %(now)s,
           series_id = new_series.id, occurrence = dates.occurrence
      FROM new_series, dates
     WHERE a.therapist_id = %(therapist)s AND a.start = dates.start
       AND a."end" = dates.end AND a.type = 'one-off' AND a.status = 'available'
    RETURNING a.*
), new_appointment AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            series_id, occurrence, overridden, created_at, updated_at)
    SELECT t.id, new_series.client_id, 'one-off', 'booked', dates.start, dates.end,
           dates.end + t.break_minutes * interval '1 minute',
           new_series.id, dates.occurrence, '{{}}', %(now)s, %(now)s
      FROM new_series, locked_therapist t, dates
     WHERE dates.start NOT IN (SELECT start FROM booked_appointment)
    RETURNING *
)
SELECT a.occurrence, a.status, to_char(a.start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), a.id,
       t.id, t.name,
       ARRAY(SELECT s.name FROM therapists_therapist_specialisms link
               JOIN therapists_specialism s ON s.id = link.specialism_id
              WHERE link.therapist_id = t.id ORDER BY s.name),
       t.time_zone, c.id, c.name, c.email, c.phone,
       new_series.id, new_series.created_at, new_series.updated_at
  FROM new_series
  JOIN therapists_therapist t ON t.id = new_series.therapist_id
  JOIN accounts_user c ON c.id = new_series.client_id,
       (TABLE booked_appointment UNION ALL TABLE new_appointment) a
 ORDER BY a.occurrence
"""
