"""What the OpenAPI document says about the operations on one appointment."""

from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework.exceptions import NotFound, PermissionDenied

from appointments import errors
from appointments.errors import OVERLAPS, RULES
from appointments.openapi.appointments import BOOKED, ETAG, ID, IF_MATCH, KEY
from appointments.serializers.appointment_requests import (
    BookSerializer,
    CancelSerializer,
    MoveSerializer,
)
from appointments.serializers.appointments import (
    AppointmentSerializer,
)
from appointments.serializers.history import (
    HistoryEntrySerializer,
)
from booking.api.errors import (
    KeyInUse,
    KeyReused,
    PreconditionFailed,
    PreconditionRequired,
)
from booking.api.openapi import refusals


def _operation(name, summary, description, request, taken, against=(), examples=()):
    """Describe an operation on one appointment, with the refusals of its own."""
    return extend_schema(
        summary=summary,
        description=description,
        request=request,
        parameters=[ID, KEY, IF_MATCH, ETAG],
        responses={
            200: AppointmentSerializer,
            403: refusals("NotForYou", PermissionDenied),
            404: refusals("NoAppointment", NotFound),
            409: refusals(f"{name}Conflict", *taken, KeyInUse),
            412: refusals("Changed", PreconditionFailed),
            422: refusals(f"{name}AgainstTheRules", *against, KeyReused),
            428: refusals("Unseen", PreconditionRequired),
        },
        examples=[*examples, BOOKED],
    )


def _sent(value):
    return OpenApiExample("Request", value, request_only=True)


_LEFT_BOOKED = [
    errors.AlreadyCompleted,
    errors.AlreadyNoShow,
    errors.AlreadyCancelled,
]
booking = _operation(
    "Book",
    "Book an available appointment, or a hold",
    "A client takes what is `available`, or converts their own hold. Staff and the "
    "therapist name the client.",
    BookSerializer,
    [
        *OVERLAPS,
        errors.AlreadyHeld,
        errors.AlreadyBooked,
        *_LEFT_BOOKED,
        errors.AlreadyStarted,
        errors.HoldExpired,
    ],
    [errors.TherapistInactive],
    [_sent({"client_id": 9})],
)
moving = _operation(
    "Move",
    "Move an appointment",
    "It keeps its id, and its own old time is never in its way; refused, it stays as it "
    "was. Clients move within the rules; `overridden` tells staff and the therapist which "
    "ones refused. A published time is taken by booking it, not by moving there.",
    MoveSerializer,
    [*OVERLAPS, errors.NotBooked, *_LEFT_BOOKED, errors.AlreadyStarted],
    RULES.values(),
    [_sent({"start": "2027-06-08T11:00:00Z"})],
)
cancelling = _operation(
    "Cancel",
    "Cancel an appointment",
    "Clients can until the therapist's notice before the start, staff and the therapist "
    "until the end. A hold, or what was published, is withdrawn so. The time is free at "
    "once; if it had been published and was taken, it is published again.",
    CancelSerializer,
    [*_LEFT_BOOKED, errors.AlreadyOver],
    [errors.TooLateToCancel],
    [_sent({"reason": "illness"})],
)


def _concluding(name, summary):
    return _operation(
        name,
        summary,
        "For staff and the therapist, from its start on.",
        None,
        [errors.NotBooked, *_LEFT_BOOKED, errors.NotStarted],
    )


completing = _concluding("Complete", "Mark an appointment as completed")
missing = _concluding("NoShow", "Mark an appointment as missed")
reopening = _operation(
    "Reopen",
    "Undo a completion or a no-show",
    "For staff, within seven days.",
    None,
    [errors.NotCompleted, errors.AlreadyCancelled, errors.TooLateToReopen],
)
ENTRY = HistoryEntrySerializer().get_initial()
history = extend_schema(
    summary="Show what happened to an appointment",
    description="Oldest first. Its therapist and staff see who did it; a client sees "
    "what happened while it was theirs.",
    parameters=[ID],
    responses=inline_serializer(
        "History", {"results": HistoryEntrySerializer(many=True)}
    ),
    examples=[OpenApiExample("History", {"results": [ENTRY]}, response_only=True)],
    filters=False,
)
