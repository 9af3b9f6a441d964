"""SQL fragments that the floor's statements share, and the response made of a row.

A change yields one row for its caller, whose appointment is null if a rule refuses. No row
means that there is no such user.

In a fragment, `a` is an appointment, `t` its therapist and `c` its client.
"""

# The token's user, if still active and with the same password.
CALLER = """caller AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = %(user)s AND is_active AND upper(md5(password)) = %(password)s
)"""

# A column that tells the history's triggers who acts, as soon as its row is read.
SET_ACTOR = """set_config('pghistory.context_metadata', jsonb_build_object(
    'user', %(user)s::bigint, 'request_id', %(request_id)s::text,
    'caller_request_id', %(caller_request_id)s::text, 'role', 'client')::text, TRUE)"""

# The rules for a `candidate` with `start` and `end`, at any time of day.
RULES = """%(now)s + t.notice_hours * interval '1 hour' <= candidate.start
       AND candidate.start <= %(now)s + t.horizon_days * interval '24 hours'
       AND NOT EXISTS (
           SELECT FROM therapists_absence away
            WHERE away.therapist_id = t.id AND away.end > candidate.start
              AND away.start < candidate.end + t.break_minutes * interval '1 minute')
       AND NOT EXISTS (
           SELECT FROM therapists_closure closed
            WHERE (closed.end + 1)::timestamp AT TIME ZONE 'UTC' > candidate.start
              AND closed.start::timestamp AT TIME ZONE 'UTC'
                  < candidate.end + t.break_minutes * interval '1 minute')"""

# A therapist without offerings accepts every `type` and `duration` of the candidate.
OFFERED = """COALESCE((
           SELECT bool_or(o.type = candidate.type AND o.duration = candidate.duration)
             FROM therapists_offering o WHERE o.therapist_id = t.id), TRUE)"""

# Locks the diary of the `target` before its client, as every writer does, so that
# writers queue and cannot deadlock.
LOCKS = """locked_therapist AS MATERIALIZED (
    SELECT id, break_minutes FROM therapists_therapist
     WHERE id = (SELECT therapist_id FROM target) FOR NO KEY UPDATE
), locked_client AS MATERIALIZED (
    SELECT id FROM accounts_user
     WHERE id = %(user)s AND EXISTS (SELECT FROM locked_therapist) FOR NO KEY UPDATE
)"""

# A row that was just written. PostgreSQL gives each version of a row another `xmin`.
WRITTEN = "a.*, a.xmin::text AS version, FALSE AS hold_expired"

# What `build_appointment` reads. Moments are text in the connection's time zone, UTC.
COLUMNS = """a.id, to_char(a.start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(a."end", 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    (extract(epoch FROM a."end" - a.start) / 60)::int, a.type,
    CASE WHEN a.hold_expired THEN 'available' ELSE a.status END,
    t.id, t.name,
    ARRAY(SELECT s.name
            FROM therapists_therapist_specialisms link
            JOIN therapists_specialism s ON s.id = link.specialism_id
           WHERE link.therapist_id = t.id ORDER BY s.name),
    t.time_zone, c.id, c.name, c.email, c.phone,
    CASE WHEN NOT a.hold_expired
         THEN to_char(a.hold_expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END,
    nullif(a.cancelled_by, ''),
    to_char(a.cancelled_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    nullif(a.cancellation_reason, ''), a.cancelled_late,
    a.series_id, a.occurrence, a.is_exception,
    to_char(a.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(a.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    a.overridden, a.version"""
# An expired hold has no client.
JOINS = """LEFT JOIN therapists_therapist t ON t.id = a.therapist_id
  LEFT JOIN accounts_user c ON c.id = a.client_id AND NOT a.hold_expired"""


def build_appointment(row):
    """Build the response from a row of `COLUMNS`."""
    id, start, end, duration, type, status = row[:6]
    therapist_id, therapist_name, specialisms, time_zone = row[6:10]
    client_id, client_name, client_email, client_phone = row[10:14]
    hold_expires_at, cancelled_by, cancelled_at, reason, is_late = row[14:19]
    series_id, occurrence, is_exception = row[19:22]
    created_at, updated_at, overridden, _version = row[22:]
    return {
        "id": id,
        "start": start,
        "end": end,
        "duration": duration,
        "type": type,
        "status": status,
        "therapist": {
            "id": therapist_id,
            "name": therapist_name,
            "specialisms": specialisms,
            "time_zone": time_zone,
        },
        "client": client_id
        and {
            "id": client_id,
            "name": client_name,
            "email": client_email,
            "phone": client_phone,
        },
        "hold_expires_at": hold_expires_at,
        "cancelled_by": cancelled_by,
        "cancelled_at": cancelled_at,
        "cancellation_reason": reason,
        "cancelled_late": is_late,
        "series": series_id
        and {"id": series_id, "occurrence": occurrence, "is_exception": is_exception},
        "created_at": created_at,
        "updated_at": updated_at,
        "overridden": overridden,
    }
