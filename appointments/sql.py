"""Fragments that several statements of the diary share.

In a fragment, `a` is an appointment, `t` its therapist and `c` its client.
"""

from collections import namedtuple

from appointments.models.statuses import Status

# A hold beyond its time, whether or not anything has released it yet.
HOLD_EXPIRED = f"(a.status = '{Status.HELD}' AND a.hold_expires_at <= %(now)s)"

# With an expired hold, a published appointment is available again, and another is gone.
EXISTS_NOW = f"(a.was_published OR NOT {HOLD_EXPIRED})"

# Any client may book it. The first line is the condition of an index.
BOOKABLE = f"""(a.status = '{Status.AVAILABLE}' OR a.status = '{Status.HELD}' AND a.was_published)
       AND (a.status = '{Status.AVAILABLE}' OR a.hold_expires_at <= %(now)s)"""

# The names of the specialisms of therapist `t`, in order.
SPECIALISMS = """ARRAY(
        SELECT s.name
          FROM therapists_therapist_specialisms link
          JOIN therapists_specialism s ON s.id = link.specialism_id
         WHERE link.therapist_id = t.id ORDER BY s.name)"""

# A row that was just written. PostgreSQL gives each version of a row another `xmin`.
WRITTEN = "a.*, a.xmin::text AS version, FALSE AS hold_expired"

# The response's columns by name. `a` also has `version` and `hold_expired`.
APPOINTMENT_COLUMNS = {
    "id": "a.id",
    "start": "a.start",
    "end": 'a."end"',
    "duration": """(extract(epoch FROM a."end" - a.start) / 60)::int""",
    "type": "a.type",
    "status": f"CASE WHEN a.hold_expired THEN '{Status.AVAILABLE}' ELSE a.status END",
    "therapist_id": "t.id",
    "therapist_name": "t.name",
    "therapist_specialisms": SPECIALISMS,
    "client_id": "c.id",
    "client_name": "c.name",
    "client_email": "c.email",
    "hold_expires_at": "CASE WHEN NOT a.hold_expired THEN a.hold_expires_at END",
    "cancelled_by": "nullif(a.cancelled_by, '')",
    "cancelled_at": "a.cancelled_at",
    "cancellation_reason": "nullif(a.cancellation_reason, '')",
    "cancelled_late": "a.cancelled_late",
    "series_id": "a.series_id",
    "series_occurrence": "a.occurrence",
    "series_is_exception": "a.is_exception",
    "created_at": "a.created_at",
    # Available again, it does not tell when somebody held it or gave it up.
    "updated_at": "CASE WHEN a.hold_expired THEN a.created_at ELSE a.updated_at END",
    "overridden": "a.overridden",
    # The ETag is made of this.
    "version": """a.id || '-' || a.version
        || CASE WHEN a.hold_expired THEN '-expired' ELSE '' END""",
}
AppointmentRow = namedtuple("AppointmentRow", APPOINTMENT_COLUMNS)
APPOINTMENT = ",\n    ".join(
    expression if expression == f"a.{name}" else f'{expression} AS "{name}"'
    for name, expression in APPOINTMENT_COLUMNS.items()
)
# An expired hold no longer has a client.
APPOINTMENT_JOINS = """JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN accounts_user c ON c.id = a.client_id AND NOT a.hold_expired"""


def set_actor(therapist_user_id: str) -> str:
    """SQL that tells the history's triggers who acts, in which role.

    `therapist_user_id` is an expression for the user of the diary's therapist.
    """
    return f"""set_config('pghistory.context_metadata', jsonb_build_object(
        'user', %(user)s::bigint, 'request_id', %(request_id)s::text,
        'role', CASE WHEN {therapist_user_id} = %(user)s THEN 'therapist'
                     WHEN %(is_staff)s THEN 'practice' ELSE 'client' END)::text, TRUE)"""


def moment(expression):
    """SQL for the text in which the API sends a moment."""
    text = """YYYY-MM-DD"T"HH24:MI:SS"Z\""""
    return f"to_char({expression} AT TIME ZONE 'UTC', '{text}')"


# A hold that is over, whether or not anything has swept it. Then what was published is
# on offer again, and anything else is gone.
LAPSED = "a.status = 'held' AND a.hold_expires_at <= %(now)s"
IS_THERE = f"(a.was_published OR ({LAPSED}) IS NOT TRUE)"

# When somebody held what is on offer again, or gave it back, is nobody's business.
UPDATED_AT = f"CASE WHEN {LAPSED} THEN a.created_at ELSE a.updated_at END"

# What an answer shows of an appointment `a` with its therapist `t` and client `c`.
# Last comes what its ETag is made of: PostgreSQL gives each version of a row another
# `xmin`, whoever writes it.
ANSWER = f"""
    a.id,
    a.start AS start,
    a."end" AS "end",
    (extract(epoch FROM a."end" - a.start) / 60)::int AS duration,
    a.type, CASE WHEN {LAPSED} THEN 'available' ELSE a.status END AS status,
    t.id AS therapist_id, t.name AS therapist_name,
    ARRAY(SELECT s.name
            FROM therapists_therapist_specialisms link
            JOIN therapists_specialism s ON s.id = link.specialism_id
           WHERE link.therapist_id = t.id ORDER BY s.name) AS specialisms,
    c.id AS client_id, c.name AS client_name, c.email AS client_email,
    CASE WHEN ({LAPSED}) IS NOT TRUE THEN a.hold_expires_at END,
    nullif(a.cancelled_by, ''), a.cancelled_at,
    nullif(a.cancellation_reason, ''), a.cancelled_late,
    a.series_id, a.occurrence, a.is_exception,
    a.created_at, {UPDATED_AT},
    a.overridden,
    a.id || '-' || a.version || CASE WHEN {LAPSED} THEN '-expired' ELSE '' END
"""
# Who is shown as the client of it.
CLIENT = f"""LEFT JOIN accounts_user c
    ON c.id = a.client_id AND ({LAPSED}) IS NOT TRUE"""

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
