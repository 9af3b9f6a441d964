"""The services that the changed fields of staff's form stand for."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from appointments.models.statuses import TRANSITIONS, Operation, Role, Status
from appointments.services.amend import amend
from appointments.services.book import book
from appointments.services.cancel import cancel
from appointments.services.conclude import complete, mark_no_show, reopen
from appointments.services.move import move
from appointments.sql import AppointmentRow

SERVICES = {
    Operation.BOOK: book,
    Operation.CANCEL: cancel,
    Operation.COMPLETE: complete,
    Operation.NO_SHOW: mark_no_show,
    Operation.REOPEN: reopen,
}
# The fields that staff can change beside the status. Only a booked appointment can be
# moved or corrected.
EDITABLE = {
    Status.AVAILABLE: {"client", "cancellation_reason"},
    Status.HELD: {"cancellation_reason"},
    Status.BOOKED: {
        "therapist",
        "client",
        "type",
        "start",
        "duration",
        "cancellation_reason",
    },
}


class Step(NamedTuple):
    """A service to call, and the field at which the form shows its refusal."""

    field: str
    service: Callable[..., AppointmentRow]
    arguments: dict[str, Any]


def get_status_operations(status: Status) -> dict[Status, Operation]:
    """Return the operations by which staff reach another status, by that status."""
    return {
        transition.targets[status]: operation
        for operation, transition in TRANSITIONS.items()
        if Role.PRACTICE in transition.roles
        and transition.targets.get(status, status) != status
    }


def get_steps(
    status: Status, changed: set[str], values: dict[str, Any]
) -> Iterator[Step]:
    """Yield the services that lead from the status to the values of the form, in order.

    `changed` names the fields with another value than before.
    """
    if status == Status.BOOKED:
        # First, because the next step may leave it no longer booked.
        yield from _get_corrections(changed, values)
    if "status" in changed:
        operation = get_status_operations(status)[values["status"]]
        arguments = {}
        if operation == Operation.CANCEL:
            arguments["reason"] = values["cancellation_reason"]
        if status == Status.AVAILABLE and operation == Operation.BOOK:
            arguments["client_id"] = _get_client_id(values)
        yield Step("status", SERVICES[operation], arguments)


def _get_corrections(changed, values):
    # The move comes first, because it locks both therapists in order.
    place = [field for field in ("start", "therapist") if field in changed]
    if place:
        arguments = {
            "start": values["start"],
            "therapist_id": values["therapist"].pk,
            "duration": values["duration"],
        }
        yield Step(place[0], move, arguments)
        changed = changed - {"duration"}
    details = [field for field in ("client", "type", "duration") if field in changed]
    if details:
        arguments = {
            "client_id": _get_client_id(values),
            "type": values["type"],
            "duration": values["duration"],
        }
        yield Step(details[0], amend, arguments)


def _get_client_id(values):
    return values["client"] and values["client"].pk
