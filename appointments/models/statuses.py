"""The statuses of an appointment, and the operations that lead from one to another.

`TRANSITIONS` is the only table of them. docs/lifecycle.md draws it.
"""

from dataclasses import dataclass

from django.db.models import TextChoices

from appointments import errors
from booking.api.errors import Conflict


class Status(TextChoices):
    AVAILABLE = "available"
    HELD = "held"
    BOOKED = "booked"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Operation(TextChoices):
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    REOPEN = "reopen"


class Role(TextChoices):
    """The part that a user plays in one appointment."""

    CLIENT = "client"
    THERAPIST = "therapist"
    PRACTICE = "practice"


class Right(TextChoices):
    """The model permissions by which staff act on diaries, in the API and the admin.

    The schedule's are in `ScheduleViewSet`, by model and method.
    """

    VIEW_APPOINTMENT = "appointments.view_appointment"
    ADD_APPOINTMENT = "appointments.add_appointment"
    CHANGE_APPOINTMENT = "appointments.change_appointment"
    VIEW_SERIES = "appointments.view_series"
    ADD_SERIES = "appointments.add_series"
    CHANGE_SERIES = "appointments.change_series"


class CancellationReason(TextChoices):
    ILLNESS = "illness"
    TRAVEL = "travel"
    NO_LONGER_NEEDED = "no_longer_needed"
    THERAPIST_UNAVAILABLE = "therapist_unavailable"
    OTHER = "other"


WITH_CLIENT = [Status.BOOKED, Status.COMPLETED, Status.NO_SHOW]
CONCLUDED = [Status.COMPLETED, Status.NO_SHOW]


@dataclass(frozen=True)
class Transition:
    """One operation: the status it leads to, the roles it is for, and its refusals.

    Every status is either in `targets` or in `refusals`. Staff need the `right`.
    """

    targets: dict[Status, Status]
    roles: frozenset[Role]
    refusals: dict[Status, type[Conflict]]
    right: Right = Right.CHANGE_APPOINTMENT

    def refusal(self, status: Status) -> type[Conflict]:
        return self.refusals[status]


_ENDED = {
    Status.COMPLETED: errors.AlreadyCompleted,
    Status.NO_SHOW: errors.AlreadyNoShow,
    Status.CANCELLED: errors.AlreadyCancelled,
}
_NOT_BOOKED = _ENDED | {
    Status.AVAILABLE: errors.NotBooked,
    Status.HELD: errors.NotBooked,
}
TRANSITIONS = {
    Operation.BOOK: Transition(
        targets={Status.AVAILABLE: Status.BOOKED, Status.HELD: Status.BOOKED},
        roles=frozenset(Role),
        refusals=_ENDED | {Status.BOOKED: errors.AlreadyBooked},
    ),
    Operation.MOVE: Transition(
        targets={Status.BOOKED: Status.BOOKED},
        roles=frozenset(Role),
        refusals=_NOT_BOOKED,
    ),
    Operation.CANCEL: Transition(
        targets={
            Status.AVAILABLE: Status.CANCELLED,
            Status.HELD: Status.CANCELLED,
            Status.BOOKED: Status.CANCELLED,
        },
        roles=frozenset(Role),
        refusals=_ENDED,
    ),
    Operation.COMPLETE: Transition(
        targets={Status.BOOKED: Status.COMPLETED},
        roles=frozenset({Role.THERAPIST, Role.PRACTICE}),
        refusals=_NOT_BOOKED,
    ),
    Operation.NO_SHOW: Transition(
        targets={Status.BOOKED: Status.NO_SHOW},
        roles=frozenset({Role.THERAPIST, Role.PRACTICE}),
        refusals=_NOT_BOOKED,
    ),
    Operation.REOPEN: Transition(
        targets={Status.COMPLETED: Status.BOOKED, Status.NO_SHOW: Status.BOOKED},
        roles=frozenset({Role.PRACTICE}),
        refusals={
            Status.AVAILABLE: errors.NotCompleted,
            Status.HELD: errors.NotCompleted,
            Status.BOOKED: errors.NotCompleted,
            Status.CANCELLED: errors.AlreadyCancelled,
        },
    ),
}
