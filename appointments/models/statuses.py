"""The states of an appointment, and which operation leads from which to which.

Drawn in docs/lifecycle.md. Nothing else says what may follow what.
"""

from django.db.models import TextChoices


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


WITH_CLIENT = [Status.HELD, Status.BOOKED, Status.COMPLETED, Status.NO_SHOW]
CONCLUDED = [Status.COMPLETED, Status.NO_SHOW]

# What is not here is refused, with the code that `refusal` gives.
MOVES = {
    Operation.BOOK: {
        Status.AVAILABLE: Status.BOOKED,
        Status.HELD: Status.BOOKED,
    },
    Operation.MOVE: {Status.BOOKED: Status.BOOKED},
    Operation.CANCEL: {
        Status.AVAILABLE: Status.CANCELLED,
        Status.HELD: Status.CANCELLED,
        Status.BOOKED: Status.CANCELLED,
    },
    Operation.COMPLETE: {Status.BOOKED: Status.COMPLETED},
    Operation.NO_SHOW: {Status.BOOKED: Status.NO_SHOW},
    Operation.REOPEN: {
        Status.COMPLETED: Status.BOOKED,
        Status.NO_SHOW: Status.BOOKED,
    },
}

# What an operation needs, where the state it found is not one that ends a life.
_NEEDED = {
    Operation.MOVE: "not_booked",
    Operation.COMPLETE: "not_booked",
    Operation.NO_SHOW: "not_booked",
    Operation.REOPEN: "not_completed",
}


def refusal(operation: Operation, status: Status) -> str:
    """Return the code with which the operation is refused in this state."""
    if status in (Status.AVAILABLE, Status.HELD, Status.BOOKED):
        return _NEEDED.get(operation, f"already_{status}")
    return f"already_{status}"


class Party(TextChoices):
    """On whose side somebody acts."""

    CLIENT = "client"
    THERAPIST = "therapist"
    PRACTICE = "practice"


class CancellationReason(TextChoices):
    ILLNESS = "illness"
    TRAVEL = "travel"
    NO_LONGER_NEEDED = "no_longer_needed"
    THERAPIST_UNAVAILABLE = "therapist_unavailable"
    OTHER = "other"
