"""Changing one appointment: looked at first, then changed if it is still as it was seen.

Of two that race for one version of a row, PostgreSQL lets one change it; the other
changes nothing, and looks again. So no lock outlives its statement.
"""

from appointments.availability import rules
from appointments.services.statements.adding import CANDIDATE
from appointments.services.statements.audit import told
from appointments.services.statements.compact import compact
from appointments.sql import (
    ANSWER,
    CLIENT,
    FREE_TO_TAKE,
    IS_THERE,
    LAPSED,
    OWN_AS_CLIENT,
    OWN_DIARY,
)

# An appointment that the user may see, with what decides about an operation on it.
# Who let a hold lapse has no more part in it than anyone else.
LOOK = compact(f"""
SELECT a.id, a.xmin::text, {LAPSED}, a.status, a.type, a.start, a."end",
       a.therapist_id, CASE WHEN ({LAPSED}) IS NOT TRUE THEN a.client_id END,
       a.was_published, a.concluded_at,
       t.user_id, t.is_active, t.cancellation_notice_hours
  FROM appointments_appointment a JOIN therapists_therapist t ON t.id = a.therapist_id
 WHERE a.id = %(id)s AND {IS_THERE} AND (%(is_staff)s OR
       {OWN_AS_CLIENT} OR {OWN_DIARY} OR {FREE_TO_TAKE})
""")

# The status in which a user had an appointment last, from the history. Who loses a race
# for one asks this too.
LAST_HAD = compact("""
WITH theirs AS MATERIALIZED (
    SELECT pgh_id, status FROM appointments_appointmentevent
     WHERE pgh_obj_id = %(id)s AND client_id = %(user)s
)
SELECT status FROM theirs ORDER BY pgh_id DESC LIMIT 1
""")

AS_SEEN = "a.id = %(id)s AND a.xmin = %(version)s::text::xid"
_TOLD = f"""told AS MATERIALIZED (
    SELECT {told("t.user_id")} FROM appointments_appointment a
      JOIN therapists_therapist t ON t.id = a.therapist_id WHERE a.id = %(id)s
)"""
_ANSWERED = f"""
SELECT {ANSWER}
  FROM told, changed a JOIN therapists_therapist t ON t.id = a.therapist_id {CLIENT}
"""
_CHANGE = f"""
WITH {_TOLD}, {{locked}} changed AS (
    UPDATE appointments_appointment a SET {{assigned}}, updated_at = %(now)s
      {{source}}
     WHERE {AS_SEEN} {{condition}}
    RETURNING a.*, a.xmin::text AS version
){{further}} {_ANSWERED}
"""
_DIARY = """diary AS MATERIALIZED (
    SELECT id FROM therapists_therapist WHERE id = %(therapist_id)s FOR NO KEY UPDATE
),"""
_PERSON = """person AS MATERIALIZED (
    SELECT client.id FROM accounts_user client
     WHERE client.id = %(client_id)s AND client.is_active AND EXISTS (SELECT FROM diary)
       FOR NO KEY UPDATE
),"""
# What was published is published again. The row that was cancelled takes no time any
# more when the constraint looks, which is at the end of the statement.
REPUBLISHED = """, republished AS (
    INSERT INTO appointments_appointment
           (therapist_id, type, status, start, "end", busy_until, was_published,
            overridden, created_at, updated_at)
    SELECT therapist_id, type, 'available', start, "end", busy_until, TRUE,
           overridden, created_at, created_at
      FROM changed WHERE was_published
)"""


def _change(assigned, locked="", source="", condition="", further=""):
    return compact(
        _CHANGE.format(
            assigned=assigned,
            locked=locked,
            source=source,
            condition=condition,
            further=further,
        )
    )


_CANCELLED = """status = 'cancelled', client_id = %(client_id)s, hold_expires_at = NULL,
    cancelled_by = %(cancelled_by)s, cancelled_at = %(now)s,
    cancellation_reason = %(reason)s, cancelled_late = %(late)s,
    is_exception = a.series_id IS NOT NULL"""

BOOK = _change(
    "status = 'booked', client_id = person.id, hold_expires_at = NULL",
    locked=_DIARY + _PERSON,
    source="FROM person",
)
CANCEL = _change(_CANCELLED)
# Not while a series that found it on offer takes it.
WITHDRAW = _change(
    _CANCELLED, locked=_DIARY, condition="AND EXISTS (SELECT FROM diary)"
)
CANCEL_AND_PUBLISH = _change(
    _CANCELLED,
    locked=_DIARY,
    condition="AND EXISTS (SELECT FROM diary)",
    further=REPUBLISHED,
)
CONCLUDE = _change("status = %(status)s, concluded_at = %(now)s")
REOPEN = _change("status = 'booked', concluded_at = NULL")

# Refused by the rules, it changes and locks nothing. The break that held when it was
# made stays as long as the therapist does.
MOVE = compact(f"""
WITH {CANDIDATE}, checked AS MATERIALIZED (
    SELECT c.id, {told("c.user_id")} AS told, {rules.REASONS} AS reasons FROM c
), diary AS MATERIALIZED (
    SELECT t.id, t.break_minutes FROM therapists_therapist t
     WHERE t.id IN (%(therapist_id)s, %(old_therapist_id)s)
       AND EXISTS (SELECT FROM checked WHERE %(manages)s OR reasons = '{{}}')
     ORDER BY t.id FOR NO KEY UPDATE
), person AS MATERIALIZED (
    SELECT client.id FROM accounts_user client
     WHERE client.id = %(client_id)s AND (SELECT count(*) FROM diary) > 0
       FOR NO KEY UPDATE
), changed AS (
    UPDATE appointments_appointment a
       SET therapist_id = diary.id, start = %(start)s, "end" = %(end)s,
           busy_until = %(end)s + CASE WHEN a.therapist_id = diary.id
               THEN a.busy_until - a."end"
               ELSE diary.break_minutes * interval '1 minute' END,
           overridden = checked.reasons, is_exception = a.series_id IS NOT NULL,
           updated_at = %(now)s
      FROM person, diary, checked
     WHERE {AS_SEEN} AND diary.id = %(therapist_id)s
    RETURNING a.*, a.xmin::text AS version
)
SELECT checked.reasons, {ANSWER}
  FROM checked
  JOIN therapists_therapist t ON t.id = checked.id
  LEFT JOIN changed a ON TRUE
  {CLIENT}
""")
