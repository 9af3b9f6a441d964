"""Concluding an appointment as completed or missed, and correcting either."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from appointments.errors import NotStarted, TooLateToReopen
from appointments.models.statuses import TRANSITIONS, Operation
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
    WRITTEN,
    AppointmentRow,
)
from booking.api.conditional import Precondition
from booking.statements import Statement

REOPENED_WITHIN = timedelta(days=7)

# It stays as long as it is, so no lock is needed.
CONCLUDE = Statement(
    "conclude",
    f"""
WITH {ACTOR}, changed AS (
    UPDATE appointments_appointment a
       SET status = %(status)s, concluded_at = %(concluded_at)s, updated_at = %(now)s
      FROM actor
     WHERE {UNCHANGED}
    RETURNING {WRITTEN}
)
SELECT {APPOINTMENT}
  FROM changed a {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)


def complete(*, user: User, id: int, precondition: Precondition) -> AppointmentRow:
    """Record that it took place, from its start on (`NotStarted`)."""
    return _conclude(Operation.COMPLETE, user, id, precondition)


def mark_no_show(*, user: User, id: int, precondition: Precondition) -> AppointmentRow:
    """Record that the client did not come, from its start on (`NotStarted`)."""
    return _conclude(Operation.NO_SHOW, user, id, precondition)


def reopen(*, user: User, id: int, precondition: Precondition) -> AppointmentRow:
    """Undo `complete` or `mark_no_show` within seven days of it (`TooLateToReopen`)."""
    return _conclude(Operation.REOPEN, user, id, precondition)


def _conclude(operation, user, id, precondition):
    def attempt():
        snapshot = check_operation(operation, user, id, precondition)
        now = timezone.now()
        reopens = operation == Operation.REOPEN
        if not reopens and now < snapshot.start:
            raise NotStarted
        if reopens and now > snapshot.concluded_at + REOPENED_WITHIN:
            raise TooLateToReopen
        parameters = snapshot.get_parameters(user) | {
            "status": TRANSITIONS[operation].targets[snapshot.status],
            "concluded_at": None if reopens else now,
        }
        return write(CONCLUDE, parameters)

    return retry_while_overtaken(attempt)
