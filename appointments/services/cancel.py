from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from appointments.errors import AlreadyOver
from appointments.errors.rules import TooLateToCancel
from appointments.models.statuses import Operation, Role, Status
from appointments.services.change import (
    UNCHANGED,
    check_operation,
    retry_while_overtaken,
    write,
)
from appointments.sql import (
    ACTOR,
    APPOINTMENT,
    APPOINTMENT_JOINS,
    PUBLISHED_AGAIN,
    WRITTEN,
    AppointmentRow,
)
from booking.api.conditional import Precondition
from booking.api.errors import RulesRefuse
from booking.statements import Statement

CANCEL = Statement(
    "cancel",
    f"""
WITH diary AS MATERIALIZED (
    -- Cancelling frees time and needs no lock, unless the time is published again, or a
    -- series that found it available may be about to take it.
    SELECT t.id
      FROM therapists_therapist t
     WHERE t.id = %(therapist_id)s AND %(locks_diary)s
       FOR NO KEY UPDATE
), {ACTOR}, changed AS (
    UPDATE appointments_appointment a
       SET status = '{Status.CANCELLED}', client_id = %(client_id)s,
           hold_expires_at = NULL, cancelled_by = %(role)s, cancelled_at = %(now)s,
           cancellation_reason = %(reason)s, cancelled_late = %(is_late)s,
           is_exception = a.series_id IS NOT NULL, updated_at = %(now)s
      FROM actor
     WHERE {UNCHANGED} AND (NOT %(locks_diary)s OR EXISTS (SELECT FROM diary))
    RETURNING {WRITTEN}
), {PUBLISHED_AGAIN}
SELECT {APPOINTMENT}
  FROM changed a {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)


def cancel(
    *, user: User, id: int, precondition: Precondition, reason: str = ""
) -> AppointmentRow:
    """Cancel it. If it was published before and has not started, publish it again.

    A client can cancel until the therapist's notice begins (`RulesRefuse` with
    `TooLateToCancel`), the therapist and staff until the end (`AlreadyOver`). It is late
    within that notice, and after a move away from within the notice.
    """

    def attempt():
        snapshot = check_operation(Operation.CANCEL, user, id, precondition)
        now, role = timezone.now(), snapshot.get_role(user)
        if now >= snapshot.end:
            raise AlreadyOver
        late = snapshot.status == Status.BOOKED and is_late(
            now, snapshot.start, snapshot.notice
        )
        if late and role == Role.CLIENT:
            facts = {"cancellation_notice_hours": snapshot.notice_hours}
            raise RulesRefuse([TooLateToCancel], facts)
        # Moving it away does not end a lateness that had begun.
        late = late or snapshot.moved_late
        was_available = snapshot.status == Status.AVAILABLE
        again = snapshot.was_published and not was_available and now < snapshot.start
        parameters = snapshot.get_parameters(user) | {
            "role": role,
            "reason": reason,
            "is_late": late,
            "publishes_again": again,
            "locks_diary": was_available or again,
        }
        return write(CANCEL, parameters)

    return retry_while_overtaken(attempt)


def is_late(now: datetime, start: datetime, notice: timedelta) -> bool:
    """Tell whether the therapist's notice before the start has begun."""
    return now > start - notice
