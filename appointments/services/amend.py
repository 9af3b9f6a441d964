from datetime import timedelta

from accounts.models import User
from appointments.availability.rules import get_candidate
from appointments.errors import OperationNotAllowed
from appointments.errors.rules import TooFar, TooSoon
from appointments.models.statuses import Operation, Right
from appointments.services.change import (
    UNCHANGED,
    check_operation,
    retry_while_overtaken,
    write,
)
from appointments.services.participants import check_client
from appointments.sql import (
    ACTOR,
    APPOINTMENT,
    APPOINTMENT_JOINS,
    LOCKED_CLIENT,
    LOCKED_THERAPIST,
    WRITTEN,
    AppointmentRow,
)
from booking.api.conditional import Precondition
from booking.statements import Statement

AMEND = Statement(
    "amend",
    f"""
WITH {LOCKED_THERAPIST}, {LOCKED_CLIENT}, {ACTOR}, changed AS (
    -- The break stays. With another client the appointment leaves its series, and what
    -- the former one did.
    UPDATE appointments_appointment a
       SET client_id = person.id, type = %(type)s, "end" = %(end)s,
           busy_until = %(end)s + (a.busy_until - a."end"),
           overridden = coalesce(%(overridden)s::text[], a.overridden),
           series_id = CASE WHEN a.client_id = person.id THEN a.series_id END,
           occurrence = CASE WHEN a.client_id = person.id THEN a.occurrence END,
           moved_late = a.moved_late AND a.client_id = person.id,
           is_exception = a.series_id IS NOT NULL AND a.client_id = person.id
               AND (a.is_exception OR a."end" <> %(end)s),
           updated_at = %(now)s
      FROM person, actor
     WHERE {UNCHANGED} AND (person.is_active OR a.client_id = person.id)
    RETURNING {WRITTEN}
)
SELECT {APPOINTMENT}
  FROM changed a {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)


def amend(
    *,
    user: User,
    id: int,
    precondition: Precondition,
    client_id: int | None,
    type: str,
    duration: int,
) -> AppointmentRow:
    """Correct the client, type and duration of a booked appointment, as staff.

    It may have started. The duration is in minutes. Raises `ClientRequired`,
    `OwnTherapist` or `UnknownClient` for a new client whom staff may not name, and
    `TherapistBusy` or `ClientBusy` where another appointment is in the way.
    """

    def attempt():
        # The status and the version must be such that staff could move it.
        snapshot = check_operation(Operation.MOVE, user, id, precondition)
        if not user.has_right(Right.CHANGE_APPOINTMENT):
            raise OperationNotAllowed
        if client_id != snapshot.client_id:
            check_client(
                user,
                client_id,
                Right.CHANGE_APPOINTMENT,
                therapist_id=snapshot.therapist_id,
                therapist_user_id=snapshot.therapist_user_id,
            )
        return write(AMEND, _get_parameters(snapshot, user, client_id, type, duration))

    return retry_while_overtaken(attempt)


def _get_parameters(snapshot, user, client_id, type, duration):
    end = snapshot.start + timedelta(minutes=duration)
    is_same = (type, end) == (snapshot.type, snapshot.end)
    return snapshot.get_parameters(user) | {
        "client_id": client_id,
        "type": type,
        "end": end,
        # Null leaves them as they are.
        "overridden": None if is_same else _list_overridden(snapshot, type, duration),
    }


def _list_overridden(snapshot, type, duration):
    candidate = get_candidate(
        therapist_id=snapshot.therapist_id,
        type=type,
        start=snapshot.start,
        duration=duration,
    )
    # The start stays, so how far away it is now is no matter of this correction.
    clock = {TooSoon.default_code, TooFar.default_code}
    return [code for code in candidate.broken_rules if code not in clock]
