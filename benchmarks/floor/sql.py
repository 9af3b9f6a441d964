"""The floor's statements, and what is made of a row. Each asks for its caller first."""

CALLER = """
caller AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = %(user)s AND is_active AND upper(md5(password)) = %(password)s
)"""

# Who acts, for the triggers that keep every change. The row that has it is asked for.
TOLD = """set_config('pghistory.context_metadata', jsonb_build_object(
    'user', %(user)s::bigint, 'request_id', %(request_id)s::text, 'role', 'client'
    )::text, TRUE)"""

# A hold that is over.
LAPSED = "a.status = 'held' AND a.hold_expires_at <= %(now)s"
ON_OFFER = """(a.status = 'available' OR a.status = 'held' AND a.was_published)
    AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)"""

ANSWER = f"""
    a.id,
    to_char(a.start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS start,
    to_char(a."end" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "end",
    (extract(epoch FROM a."end" - a.start) / 60)::int AS duration,
    a.type, CASE WHEN {LAPSED} THEN 'available' ELSE a.status END AS status,
    t.id AS therapist_id, t.name AS therapist_name,
    ARRAY(SELECT s.name
            FROM therapists_therapist_specialisms link
            JOIN therapists_specialism s ON s.id = link.specialism_id
           WHERE link.therapist_id = t.id ORDER BY s.name) AS specialisms,
    c.id AS client_id, c.name AS client_name, c.email AS client_email,
    CASE WHEN ({LAPSED}) IS NOT TRUE THEN
        to_char(a.hold_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        END,
    nullif(a.cancelled_by, ''),
    to_char(a.cancelled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    nullif(a.cancellation_reason, ''), a.cancelled_late,
    a.series_id, a.occurrence, a.is_exception,
    to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(a.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    a.overridden, a.version
"""
CLIENT = f"""LEFT JOIN accounts_user c
    ON c.id = a.client_id AND ({LAPSED}) IS NOT TRUE"""

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
        (SELECT a.*, a.xmin::text AS version FROM appointments_appointment a
          WHERE a.client_id = (SELECT id FROM caller) AND ({LAPSED}) IS NOT TRUE
            AND {WANTED}
          ORDER BY a.start, a.id LIMIT %(limit)s)
        UNION ALL
        (SELECT a.*, a.xmin::text AS version FROM appointments_appointment a
          WHERE {ON_OFFER} AND a.start > %(now)s AND {WANTED}
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
  {CLIENT}
 ORDER BY a.start, a.id
"""

# What binds a client with a therapist who can be booked at any time.
ALLOWED = """
       AND t.user_id IS DISTINCT FROM %(user)s
       AND %(start)s >= %(now)s + t.notice_hours * interval '1 hour'
       AND %(start)s <= %(now)s + t.horizon_days * interval '24 hours'
       AND COALESCE((SELECT bool_or(o.type = {type} AND o.duration = {duration})
                       FROM therapists_offering o WHERE o.therapist_id = t.id), TRUE)
       AND NOT EXISTS (
           SELECT FROM therapists_absence away
            WHERE away.therapist_id = t.id AND away.end > %(start)s
              AND away.start < {end} + t.break_minutes * interval '1 minute')
       AND NOT EXISTS (
           SELECT FROM therapists_closure closed
            WHERE (closed.end + 1)::timestamp AT TIME ZONE 'UTC' > %(start)s
              AND closed.start::timestamp AT TIME ZONE 'UTC'
                  < {end} + t.break_minutes * interval '1 minute')"""

# One row without an appointment says that the wish is refused.
ADD = f"""
WITH {CALLER}, allowed AS MATERIALIZED (
    SELECT t.id, {TOLD} FROM therapists_therapist t
     WHERE t.id = %(therapist)s AND t.is_active AND EXISTS (SELECT FROM caller)
     {ALLOWED.format(type="%(type)s", duration="%(duration)s", end="%(end)s")}
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
    RETURNING a.*, a.xmin::text AS version
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            overridden, created_at, updated_at)
    SELECT diary.id, person.id, %(type)s, 'booked', %(start)s, %(end)s,
           %(end)s + diary.break_minutes * interval '1 minute', '{{}}', %(now)s, %(now)s
      FROM diary, person
     WHERE NOT EXISTS (SELECT FROM taken)
    RETURNING *, xmin::text AS version
)
SELECT {ANSWER}
  FROM caller
  LEFT JOIN (SELECT * FROM taken UNION ALL SELECT * FROM added) a ON TRUE
  LEFT JOIN therapists_therapist t ON t.id = a.therapist_id
  {CLIENT}
"""


def appointment(row):
    """Make what is answered from a row of ANSWER."""
    return {
        "id": row[0],
        "start": row[1],
        "end": row[2],
        "duration": row[3],
        "type": row[4],
        "status": row[5],
        "therapist": {"id": row[6], "name": row[7], "specialisms": row[8]},
        "client": row[9] and {"id": row[9], "name": row[10], "email": row[11]},
        "hold_expires_at": row[12],
        "cancelled_by": row[13],
        "cancelled_at": row[14],
        "cancellation_reason": row[15],
        "cancelled_late": row[16],
        "series": row[17]
        and {"id": row[17], "occurrence": row[18], "is_exception": row[19]},
        "created_at": row[20],
        "updated_at": row[21],
        "overridden": row[22],
    }


def by_hand(sql, **values):
    """Give pgbench what psycopg takes: each value as SQL."""
    for name, value in values.items():
        sql = sql.replace(f"%({name})s", value)
    return sql.replace("%%", "%")
