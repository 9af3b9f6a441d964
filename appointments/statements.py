"""The SQL of the diary, each statement with what it promises.

Written by hand because each is one round trip with one plan, and because locking,
taking and inserting in one statement leave no gap between looking and writing.
"""

from appointments import rules


def moment(expression, seconds="SS"):
    """SQL for the text in which the API sends a moment."""
    text = f"""YYYY-MM-DD"T"HH24:MI:{seconds}"Z\""""
    return f"to_char({expression} AT TIME ZONE 'UTC', '{text}')"


# What an answer shows of an appointment `a` with its therapist `t` and client `c`.
# Moments leave PostgreSQL as the text that the API sends.
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

# Who sees what, as the parts of a union: each part can follow an index in the order
# of the list and stop after a page, which one condition with OR could not.
EVERYTHING = "TRUE"
OWN_AS_CLIENT = "a.client_id = %(user)s"
# Not what OWN_AS_CLIENT has: a client may have become the therapist they booked.
OWN_DIARY = """a.therapist_id = (
    SELECT id FROM therapists_therapist WHERE user_id = %(user)s)
    AND a.client_id IS DISTINCT FROM %(user)s"""
FREE_TO_TAKE = """a.status = 'available' AND a.start > %(now)s
    AND EXISTS (SELECT FROM therapists_therapist t
                 WHERE t.id = a.therapist_id AND t.is_active)
    AND NOT EXISTS (SELECT FROM therapists_therapist WHERE user_id = %(user)s)"""

# Whose therapists have a specialism is found once, and each appointment only looked up
# in that: `IS TRUE` keeps PostgreSQL from turning it into a join, which would look at
# the specialisms again for every appointment. No therapist at all ends it at once.
THERAPISTS = {
    "specialisms": """
        SELECT link.therapist_id
          FROM therapists_therapist_specialisms link
          JOIN therapists_specialism s ON s.id = link.specialism_id
         WHERE lower(s.name) = ANY(%(specialisms)s)""",
    "all_specialisms": """
        SELECT link.therapist_id
          FROM therapists_therapist_specialisms link
          JOIN therapists_specialism s ON s.id = link.specialism_id
         WHERE lower(s.name) = ANY(%(all_specialisms)s)
         GROUP BY link.therapist_id
        HAVING count(*) = cardinality(%(all_specialisms)s)""",
}
OF_THESE_THERAPISTS = """EXISTS (SELECT FROM therapists)
    AND (a.therapist_id IN (SELECT therapist_id FROM therapists)) IS TRUE"""

# What a list can be narrowed by; the keys are the names of the parameters.
NARROWED = {
    "id": "a.id = %(id)s",
    "start": "a.start >= %(start)s",
    "end": "a.start < %(end)s",
    "type": "a.type = %(type)s",
    "status": "a.status = %(status)s",
    "therapist_id": "a.therapist_id = %(therapist_id)s",
    "specialisms": OF_THESE_THERAPISTS,
    "all_specialisms": OF_THESE_THERAPISTS,
    "after": "(a.start, a.id) > (%(after)s, %(after_id)s)",
    "before": "(a.start, a.id) < (%(before)s, %(before_id)s)",
}

READ_PART = """(
    SELECT a.* FROM appointments_appointment a
     WHERE {conditions}
     ORDER BY a.start {order}, a.id {order} LIMIT %(limit)s)"""

READ = """
WITH {therapists} page AS MATERIALIZED (
    SELECT * FROM ({parts}) a
     ORDER BY a.start {order}, a.id {order} LIMIT %(limit)s
)
SELECT {answer}
  FROM page a
  JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN accounts_user c ON c.id = a.client_id
 ORDER BY a.start {order}, a.id {order}
"""

# Adds an appointment, or says why not. `problem` is about the request, `reasons` are
# the rules that refuse, of which staff and the therapist are told only afterwards. Who
# is refused locks and writes nothing. What was published may be taken whatever the
# rules. The therapist's row is locked before the client's, so that racing writers wait
# instead of deadlock; overlaps are left to the constraints, which see what is committed
# meanwhile. Somebody who was deleted or deactivated during the wait is looked at again:
# then nothing is added, and the id is null.
_ADD = f"""
WITH asked AS MATERIALIZED (
    SELECT {rules.OF_THERAPIST}, t.user_id,
           %(is_staff)s OR t.user_id IS NOT DISTINCT FROM %(user)s AS manages
      FROM therapists_therapist t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
     WHERE t.id = %(therapist_id)s
), slotted AS MATERIALIZED (
    SELECT * FROM asked WHERE booking_mode = 'working_hours'
), c AS MATERIALIZED (
    SELECT asked.*, w.grid_from, w.closes,
           %(start)s AS start, %(duration)s::int AS duration,
           CASE WHEN manages THEN %(client_id)s ELSE %(user)s END AS client_id
      FROM asked LEFT JOIN ({rules.windows("slotted", "%(start)s", "%(start)s")}) w
        ON w.opens <= %(start)s AND coalesce(%(start)s < w.next_opens, TRUE)
       AND %(start)s < w.closes
), checked AS MATERIALIZED (
    SELECT c.*,
           CASE
           WHEN NOT manages AND NOT is_active THEN 'unknown_therapist'
           WHEN NOT manages AND %(client_id)s IS NOT NULL THEN 'not_yours'
           WHEN client_id = user_id THEN 'own_therapist'
           WHEN manages AND client_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM accounts_user client
                 WHERE client.id = client_id AND client.is_active
                   AND (%(is_staff)s OR EXISTS (
                        SELECT FROM appointments_appointment past
                         WHERE past.client_id = client.id
                           AND past.therapist_id = c.id)))
           THEN 'unknown_client'
           END AS problem,
           CASE WHEN NOT manages AND EXISTS (
                SELECT FROM appointments_appointment a
                 WHERE a.therapist_id = c.id AND a.start = %(start)s
                   AND a."end" = %(end)s AND a.type = %(type)s
                   AND a.status = 'available')
           THEN '{{}}' ELSE {rules.REASONS} END AS reasons
      FROM c
), diary AS MATERIALIZED (
    SELECT t.id, t.break_minutes FROM therapists_therapist t
     WHERE t.id = (SELECT id FROM checked
                    WHERE problem IS NULL AND (manages OR reasons = '{{}}'))
       AND (t.is_active OR (SELECT manages FROM checked))
       FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT client.id FROM accounts_user client
     WHERE client.id = (SELECT client_id FROM checked) AND EXISTS (SELECT FROM diary)
       AND client.is_active
       FOR NO KEY UPDATE
), taken AS (
    UPDATE appointments_appointment a
       SET status = 'booked', client_id = person.id, updated_at = %(now)s
      FROM person
     WHERE a.therapist_id = (SELECT id FROM checked WHERE NOT manages)
       AND a.start = %(start)s AND a."end" = %(end)s
       AND a.type = %(type)s AND a.status = 'available'
    RETURNING a.*
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            overridden, created_at, updated_at)
    SELECT diary.id, person.id, %(type)s,
           CASE WHEN person.id IS NULL THEN 'available' ELSE 'booked' END,
           %(start)s, %(end)s, %(end)s + diary.break_minutes * interval '1 minute',
           (SELECT reasons FROM checked), %(now)s, %(now)s
      FROM diary LEFT JOIN person ON TRUE
     WHERE NOT EXISTS (SELECT FROM taken)
       AND (person.id IS NULL) = (SELECT client_id IS NULL FROM checked)
    RETURNING *
)
SELECT checked.problem,
       CASE WHEN manages THEN '{{}}' ELSE checked.reasons END AS reasons, {ANSWER}
  FROM checked
  JOIN therapists_therapist t ON t.id = checked.id
  LEFT JOIN (SELECT * FROM taken UNION ALL SELECT * FROM added) a ON TRUE
  LEFT JOIN accounts_user c ON c.id = a.client_id
"""
# psycopg remembers how it read a statement of up to 4096 characters.
ADD = " ".join(_ADD.split())
