"""The floor's two statements. Each asks for its caller first."""

CALLER = """
caller AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = %(user)s AND is_active AND upper(md5(password)) = %(password)s
)"""

ANSWER = """
    a.id,
    to_char(a.start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS start,
    to_char(a."end" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "end",
    (extract(epoch FROM a."end" - a.start) / 60)::int AS duration,
    a.type, a.status, t.id AS therapist_id, t.name AS therapist_name,
    ARRAY(SELECT s.name
            FROM therapists_therapist_specialisms link
            JOIN therapists_specialism s ON s.id = link.specialism_id
           WHERE link.therapist_id = t.id ORDER BY s.name) AS specialisms,
    c.id AS client_id, c.name AS client_name, c.email AS client_email,
    to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(a.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    a.overridden
"""

WANTED = """
    a.start >= %(start)s AND a.start < %(end)s AND a.type = %(type)s
    AND (a.therapist_id IN (SELECT therapist_id FROM therapists)) IS TRUE
"""

LIST = f"""
WITH {CALLER}, therapists AS MATERIALIZED (
    SELECT link.therapist_id
      FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE lower(s.name) = ANY(%(specialisms)s)
), page AS MATERIALIZED (
    SELECT * FROM (
        (SELECT a.* FROM appointments_appointment a
          WHERE a.client_id = (SELECT id FROM caller) AND {WANTED}
          ORDER BY a.start, a.id LIMIT %(limit)s)
        UNION ALL
        (SELECT a.* FROM appointments_appointment a
          WHERE a.status = 'available' AND a.start > %(now)s AND {WANTED}
            AND EXISTS (SELECT FROM therapists_therapist t
                         WHERE t.id = a.therapist_id AND t.is_active)
          ORDER BY a.start, a.id LIMIT %(limit)s)
        ) a
     ORDER BY a.start, a.id LIMIT %(limit)s
)
SELECT {ANSWER}
  FROM caller
  LEFT JOIN page a ON TRUE
  LEFT JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN accounts_user c ON c.id = a.client_id
 ORDER BY a.start, a.id
"""

# One row without an appointment says that the wish is refused.
ADD = f"""
WITH {CALLER}, allowed AS MATERIALIZED (
    SELECT t.id FROM therapists_therapist t
     WHERE t.id = %(therapist)s AND t.is_active AND EXISTS (SELECT FROM caller)
       AND t.user_id IS DISTINCT FROM %(user)s
       AND %(start)s >= %(now)s + t.notice_hours * interval '1 hour'
       AND %(start)s <= %(now)s + t.horizon_days * interval '24 hours'
       AND COALESCE((SELECT bool_or(o.type = %(type)s AND o.duration = %(duration)s)
                       FROM therapists_offering o WHERE o.therapist_id = t.id), TRUE)
       AND NOT EXISTS (
           SELECT FROM therapists_absence away
            WHERE away.therapist_id = t.id AND away.end > %(start)s
              AND away.start < %(end)s + t.break_minutes * interval '1 minute')
       AND NOT EXISTS (
           SELECT FROM therapists_closure closed
            WHERE (closed.end + 1)::timestamp AT TIME ZONE 'UTC' > %(start)s
              AND closed.start::timestamp AT TIME ZONE 'UTC'
                  < %(end)s + t.break_minutes * interval '1 minute')
), diary AS MATERIALIZED (
    SELECT id, break_minutes FROM therapists_therapist
     WHERE id = (SELECT id FROM allowed) FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = %(user)s AND EXISTS (SELECT FROM diary) FOR NO KEY UPDATE
), taken AS (
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = person.id, updated_at = %(now)s
      FROM person
     WHERE a.therapist_id = %(therapist)s AND a.start = %(start)s AND a."end" = %(end)s
       AND a.type = %(type)s AND a.status = 'available'
    RETURNING a.*
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            overridden, created_at, updated_at)
    SELECT diary.id, person.id, %(type)s, 'booked', %(start)s, %(end)s,
           %(end)s + diary.break_minutes * interval '1 minute', '{{}}', %(now)s, %(now)s
      FROM diary, person
     WHERE NOT EXISTS (SELECT FROM taken)
    RETURNING *
)
SELECT {ANSWER}
  FROM caller
  LEFT JOIN (SELECT * FROM taken UNION ALL SELECT * FROM added) a ON TRUE
  LEFT JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN accounts_user c ON c.id = a.client_id
"""
