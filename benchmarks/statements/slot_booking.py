"""The booking of a slot by hand. What it assumes, `opening_hours` says."""

from benchmarks.floor.sql import (
    CALLER,
    COLUMNS,
    JOINS,
    LOCKS,
    OFFERED,
    RULES,
    SET_ACTOR,
    WRITTEN,
)
from benchmarks.statements.opening_hours import WITHIN_HOURS

# Each connection is one client, who books the next hour of the next therapist each time.
# The therapists whose clocks show UTC have every fifth id, and eight hours on weekdays.
SETUP = """\\set n :n + 1
\\set user :first_client + :client_id
\\set therapist 5 + 5 * (:client_id * :each + :n % :each)
\\set day :n / 8
\\set hour :n % 8
\\set at :monday + (:day / 5 * 7 + :day % 5) * 86400 + (8 + :hour + :hour / 4) * 3600
"""

BOOK_SLOT = f"""
WITH {CALLER}, candidate AS MATERIALIZED (
    SELECT to_timestamp(%(at)s) AS start,
           to_timestamp(%(at)s) + interval '60 minutes' AS "end",
           'one-off' AS type, 60 AS duration
), target AS MATERIALIZED (
    -- The therapist, if the rules allow the candidate.
    SELECT t.id AS therapist_id, {SET_ACTOR}
      FROM therapists_therapist t, candidate
     WHERE t.id = %(therapist)s AND t.is_active AND EXISTS (SELECT FROM caller)
       AND t.user_id IS DISTINCT FROM %(user)s
       AND {RULES}
       AND {OFFERED}
       AND {WITHIN_HOURS}
), {LOCKS}, booked_appointment AS (
    -- What is available at that time is booked.
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = locked_client.id, updated_at = %(now)s
      FROM locked_client, candidate c
     WHERE a.therapist_id = %(therapist)s AND a.start = c.start AND a."end" = c.end
       AND a.type = 'one-off' AND a.status = 'available'
    RETURNING {WRITTEN}
), new_appointment AS (
    INSERT INTO appointments_appointment AS a
           (therapist_id, client_id, type, status, start, "end", busy_until,
            overridden, created_at, updated_at)
    SELECT t.id, locked_client.id, 'one-off', 'booked', c.start, c.end,
           c.end + t.break_minutes * interval '1 minute', '{{}}', %(now)s, %(now)s
      FROM locked_therapist t, locked_client, candidate c
     WHERE NOT EXISTS (SELECT FROM booked_appointment)
    RETURNING {WRITTEN}
)
SELECT {COLUMNS}
  FROM (TABLE booked_appointment UNION ALL TABLE new_appointment) a
  {JOINS}
"""
