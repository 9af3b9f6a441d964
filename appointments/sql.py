"""Fragments that several statements of the diary share.

In a fragment, `a` is an appointment, `t` its therapist and `c` its client.
"""

from collections import namedtuple

from appointments.models.statuses import Role, Status
from booking import audit

# A hold beyond its time, whether or not anything has released it yet.
HOLD_EXPIRED = f"(a.status = '{Status.HELD}' AND a.hold_expires_at <= %(now)s)"

# After its hold expires, a published appointment is available again. Any other one no
# longer exists.
EXISTS_NOW = f"(a.was_published OR NOT {HOLD_EXPIRED})"

# Any client may book it. The first line is the condition of an index.
BOOKABLE = f"""(a.status = '{Status.AVAILABLE}' OR a.status = '{Status.HELD}' AND a.was_published)
       AND (a.status = '{Status.AVAILABLE}' OR a.hold_expires_at <= %(now)s)"""

# The names of the specialisms of therapist `t`, in order.
SPECIALISMS = """ARRAY(
    SELECT s.name FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE link.therapist_id = t.id ORDER BY s.name)"""

# A row that was just written. PostgreSQL gives each version of a row another `xmin`.
WRITTEN = "a.*, a.xmin::text AS version, FALSE AS hold_expired"

# The ETag is made of this. `a` also has `version` and `hold_expired`. An available
# appointment is told by what it shows: the row's version would tell that somebody held it
# in between.
ETAG_VERSION = f"""CASE WHEN a.hold_expired OR a.status = '{Status.AVAILABLE}'
    THEN concat_ws('-', a.id, a.therapist_id, a.type, a.start, a."end")
    ELSE a.id || '-' || a.version END"""
# The response's columns by name, of the same `a`.
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
    "therapist_time_zone": "t.time_zone",
    "client_id": "c.id",
    "client_name": "c.name",
    "client_email": "c.email",
    "client_phone": "c.phone",
    "hold_expires_at": "CASE WHEN NOT a.hold_expired THEN a.hold_expires_at END",
    "invited": f"""a.status = '{Status.HELD}' AND NOT a.hold_expired
    AND EXISTS (SELECT FROM appointments_invitation WHERE appointment_id = a.id)""",
    "cancelled_by": "nullif(a.cancelled_by, '')",
    "cancelled_at": "a.cancelled_at",
    "cancellation_reason": "nullif(a.cancellation_reason, '')",
    "cancelled_late": "a.cancelled_late",
    "series_id": "a.series_id",
    "series_occurrence": "a.occurrence",
    "series_is_exception": "a.is_exception",
    "created_at": "a.created_at",
    # After an expired hold, this must not show that there was one.
    "updated_at": "CASE WHEN a.hold_expired THEN a.created_at ELSE a.updated_at END",
    "overridden": "a.overridden",
    "version": ETAG_VERSION,
}
AppointmentRow = namedtuple("AppointmentRow", APPOINTMENT_COLUMNS)
APPOINTMENT = ",\n ".join(
    expression
    if expression in (f"a.{name}", f'a."{name}"')
    else f"{expression} AS {name}"
    for name, expression in APPOINTMENT_COLUMNS.items()
)
# An expired hold no longer has a client. LIMIT makes each row look its client up: a generic
# plan takes the page for a tenth of all appointments, and would read all users for it.
APPOINTMENT_JOINS = """JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN LATERAL (SELECT * FROM accounts_user
    WHERE id = a.client_id AND NOT a.hold_expired LIMIT 1) c ON TRUE"""


# Tells the history's triggers who acts, in which role towards the diary.
ACTOR = f"""actor AS MATERIALIZED (
    SELECT set_config('{audit.SETTING}', jsonb_build_object(
               'user', %(user)s::bigint, 'request_id', %(request_id)s::text,
               'caller_request_id', %(caller_request_id)s::text,
               'role', CASE WHEN t.user_id = %(user)s AND t.is_active
                                THEN '{Role.THERAPIST}'
                            WHEN %(acts_for_practice)s THEN '{Role.PRACTICE}'
                            ELSE '{Role.CLIENT}' END)::text, TRUE)
      FROM therapists_therapist t
     WHERE t.id = %(therapist_id)s
)"""
# Every writer that takes time locks the therapist before the client, so that racing
# writers wait instead of deadlocking. Both rows are read as they are after the wait.
LOCKED_THERAPIST = """diary AS MATERIALIZED (
    SELECT t.id, t.is_active, t.break_minutes
      FROM therapists_therapist t
     WHERE t.id = %(therapist_id)s
       FOR NO KEY UPDATE
)"""
LOCKED_CLIENT = """person AS MATERIALIZED (
    -- Counting locks every row of `diary` first; EXISTS would stop at the first one.
    SELECT c.id, c.is_active
      FROM accounts_user c
     WHERE c.id = %(client_id)s AND (SELECT count(*) FROM diary) > 0
       FOR NO KEY UPDATE
)"""
# Publishes the period again, with the moments of its first publication. The id is a new
# one, because the client keeps the cancelled appointment: an accepted risk, as its size
# hints at when the time became free. The constraints check at the end of the statement,
# when the cancelled row no longer takes time.
PUBLISHED_AGAIN = f"""published_again AS (
    INSERT INTO appointments_appointment
           (therapist_id, type, status, start, "end", busy_until, was_published,
            overridden, created_at, updated_at)
    SELECT therapist_id, type, '{Status.AVAILABLE}', start, "end", busy_until, TRUE,
           overridden, created_at, created_at
      FROM changed
     WHERE was_published AND %(publishes_again)s
)"""
