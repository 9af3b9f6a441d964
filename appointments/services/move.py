from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import APIException

from accounts.models import User
from appointments import visibility
from appointments.availability.rules import get_candidate, refuse_broken
from appointments.errors import (
    AlreadyStarted,
    ForeignDiary,
    OtherType,
    OwnDiary,
    UnknownAppointment,
    UnknownTherapist,
)
from appointments.models.statuses import Operation, Right, Role
from appointments.reads import log_reads
from appointments.services.cancel import is_late
from appointments.services.change import (
    UNCHANGED,
    check_operation,
    retry_while_overtaken,
    write,
)
from appointments.services.discretion import limit_client_busy
from appointments.sql import (
    ACTOR,
    APPOINTMENT,
    APPOINTMENT_JOINS,
    LOCKED_CLIENT,
    WRITTEN,
    AppointmentRow,
)
from booking.api.conditional import Precondition
from booking.statements import Statement

MOVE = Statement(
    "move",
    f"""
WITH diary AS MATERIALIZED (
    -- Both therapists, in the order of their ids, before the client.
    SELECT t.id, t.break_minutes
      FROM therapists_therapist t
     WHERE t.id IN (%(therapist_id)s, %(old_therapist_id)s)
     ORDER BY t.id FOR NO KEY UPDATE
), {LOCKED_CLIENT}, {ACTOR}, changed AS (
    -- The break that held when it was made stays as long as the therapist does.
    UPDATE appointments_appointment a
       SET therapist_id = diary.id, start = %(start)s, "end" = %(end)s,
           busy_until = %(end)s + CASE WHEN a.therapist_id = diary.id
               THEN a.busy_until - a."end"
               ELSE diary.break_minutes * interval '1 minute' END,
           overridden = %(overridden)s, is_exception = a.series_id IS NOT NULL,
           moved_late = a.moved_late OR %(moves_late)s,
           updated_at = %(now)s
      FROM person, diary, actor
     WHERE {UNCHANGED} AND diary.id = %(therapist_id)s
    RETURNING {WRITTEN}
)
SELECT {APPOINTMENT}
  FROM changed a {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)


def read_movable(user: User, id: int, type: str) -> dict[str, Any] | None:
    """Return the filters of `find_slots` for the times to which a user may move it.

    Raises `UnknownAppointment` for one that the user may not move or see, and `OtherType`.
    None stands for no time at all: it has started, or a client's notice has begun.
    """
    try:
        snapshot = check_operation(Operation.MOVE, user, id, Precondition("*"))
    except APIException as refusal:
        raise UnknownAppointment from refusal
    if snapshot.client_id is None:
        raise UnknownAppointment
    if snapshot.type != type:
        raise OtherType
    now, is_client = timezone.now(), snapshot.get_role(user) == Role.CLIENT
    late = is_client and is_late(now, snapshot.start, snapshot.notice)
    if late or snapshot.start <= now:
        return None
    return {"ignored": id, "duration": snapshot.length.seconds // 60}


def move(
    *,
    user: User,
    id: int,
    precondition: Precondition,
    start: datetime,
    therapist_id: int | None = None,
    duration: int | None = None,
) -> AppointmentRow:
    """Move a booked appointment that is still to come, in one step; it keeps its id.

    `start` is aware and in whole minutes. Staff may give another duration, in minutes. A
    move to where it is already changes nothing.
    Clients are bound by the rules, as when they book, and by the notice for cancelling
    (`TooLateToCancel`); `RulesRefuse` has all of them. A move by others within that
    notice is remembered, and makes a later cancellation late.
    Raises `TherapistBusy` or `ClientBusy` where another appointment is in the way, and
    never for its own old time.
    """

    def attempt():
        snapshot = check_operation(Operation.MOVE, user, id, precondition)
        if snapshot.start <= timezone.now():
            raise AlreadyStarted
        target = therapist_id or snapshot.therapist_id
        end = start + (timedelta(minutes=duration) if duration else snapshot.length)
        if (start, end, target) == (
            snapshot.start,
            snapshot.end,
            snapshot.therapist_id,
        ):
            row = visibility.get_appointment(user, id)
            if row is not None:
                # No history shows that the user got this response.
                log_reads(user, [row.client_id])
            return row
        return _move(snapshot, user, start, end, target)

    return retry_while_overtaken(attempt)


def _move(snapshot, user, start, end, therapist_id):
    role = snapshot.get_role(user)
    if therapist_id != snapshot.therapist_id and not (
        role == Role.CLIENT or user.has_right(Right.CHANGE_APPOINTMENT)
    ):
        raise ForeignDiary
    candidate = get_candidate(
        therapist_id=therapist_id,
        type=snapshot.type,
        start=start,
        duration=(end - start) // timedelta(minutes=1),
    )
    if therapist_id != snapshot.therapist_id:
        _refuse_therapist(candidate, role, snapshot.client_id)
    if candidate is None:
        # Deleted at this very moment.
        raise UnknownTherapist
    late = is_late(timezone.now(), snapshot.start, snapshot.notice)
    if role == Role.CLIENT:
        refuse_broken(candidate, snapshot.notice_hours if late else None)
    parameters = snapshot.get_parameters(user) | {
        "therapist_id": therapist_id,
        "old_therapist_id": snapshot.therapist_id,
        "start": start,
        "end": end,
        "overridden": candidate.broken_rules,
        # Another duration alone does not move it away.
        "moves_late": late
        and (start, therapist_id) != (snapshot.start, snapshot.therapist_id),
    }
    with limit_client_busy(
        user,
        role,
        therapist_id=therapist_id,
        client_id=snapshot.client_id,
        start=start,
    ):
        return write(MOVE, parameters, also_lock=(snapshot.therapist_id,))


def _refuse_therapist(candidate, role, client_id):
    if candidate is None or (role == Role.CLIENT and not candidate.therapist_is_active):
        raise UnknownTherapist
    if candidate.therapist_user_id and candidate.therapist_user_id == client_id:
        raise OwnDiary
