"""What an answer shows of an appointment, who sees which, and the list."""


def moment(expression, seconds="SS"):
    """SQL for the text in which the API sends a moment."""
    text = f"""YYYY-MM-DD"T"HH24:MI:{seconds}"Z\""""
    return f"to_char({expression} AT TIME ZONE 'UTC', '{text}')"


# A hold that is over, whether or not anything has swept it. Then what was published is
# on offer again, and anything else is gone.
LAPSED = "a.status = 'held' AND a.hold_expires_at <= %(now)s"
IS_THERE = f"(a.was_published OR ({LAPSED}) IS NOT TRUE)"

# When somebody held what is on offer again, or gave it back, is nobody's business.
UPDATED_AT = f"CASE WHEN {LAPSED} THEN a.created_at ELSE a.updated_at END"

# What an answer shows of an appointment `a` with its therapist `t` and client `c`.
# Moments leave PostgreSQL as the text that the API sends. Last comes what its ETag is
# made of: PostgreSQL gives each version of a row another `xmin`, whoever writes it.
ANSWER = f"""
    a.id,
    {moment("a.start")} AS start,
    {moment('a."end"')} AS "end",
    (extract(epoch FROM a."end" - a.start) / 60)::int AS duration,
    a.type, CASE WHEN {LAPSED} THEN 'available' ELSE a.status END AS status,
    t.id AS therapist_id, t.name AS therapist_name,
    ARRAY(SELECT s.name
            FROM therapists_therapist_specialisms link
            JOIN therapists_specialism s ON s.id = link.specialism_id
           WHERE link.therapist_id = t.id ORDER BY s.name) AS specialisms,
    c.id AS client_id, c.name AS client_name, c.email AS client_email,
    CASE WHEN ({LAPSED}) IS NOT TRUE THEN {moment("a.hold_expires_at", "SS.US")} END,
    nullif(a.cancelled_by, ''), {moment("a.cancelled_at", "SS.US")},
    nullif(a.cancellation_reason, ''), a.cancelled_late,
    a.series_id, a.occurrence, a.is_exception,
    {moment("a.created_at", "SS.US")}, {moment(UPDATED_AT, "SS.US")},
    a.overridden,
    a.id || '-' || a.version || CASE WHEN {LAPSED} THEN '-lapsed' ELSE '' END
"""
# Who is shown as the client of it.
CLIENT = f"""LEFT JOIN accounts_user c
    ON c.id = a.client_id AND ({LAPSED}) IS NOT TRUE"""

# Who sees what, as the parts of a union: each part can follow an index in the order
# of the list and stop after a page, which one condition with OR could not.
EVERYTHING = IS_THERE
OWN_AS_CLIENT = f"a.client_id = %(user)s AND ({LAPSED}) IS NOT TRUE"
# Not what OWN_AS_CLIENT has: a client may have become the therapist they booked.
OWN_DIARY = f"""a.therapist_id = (
    SELECT id FROM therapists_therapist WHERE user_id = %(user)s)
    AND a.client_id IS DISTINCT FROM %(user)s AND {IS_THERE}"""
# The first condition is that of an index.
ON_OFFER = """(a.status = 'available' OR a.status = 'held' AND a.was_published)
    AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)"""
FREE_TO_TAKE = f"""{ON_OFFER} AND a.start > %(now)s
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
    "available": ON_OFFER,
    "held": "a.status = 'held' AND a.hold_expires_at > %(now)s",
    "therapist_id": "a.therapist_id = %(therapist_id)s",
    "specialisms": OF_THESE_THERAPISTS,
    "all_specialisms": OF_THESE_THERAPISTS,
    "after": "(a.start, a.id) > (%(after)s, %(after_id)s)",
    "before": "(a.start, a.id) < (%(before)s, %(before_id)s)",
}

READ_PART = """(
    SELECT a.*, a.xmin::text AS version FROM appointments_appointment a
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
  {client}
 ORDER BY a.start {order}, a.id {order}
"""
