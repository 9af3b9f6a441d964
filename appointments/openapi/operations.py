"""The OpenAPI document about the operations on one appointment."""

from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework.exceptions import NotFound

from accounts.errors import InvalidCode
from appointments import errors
from appointments.availability.rules import RULES
from appointments.errors import OVERLAPS
from appointments.errors.rules import (
    TherapistInactive,
    TooLateToCancel,
    TooManyAppointments,
)
from appointments.models.statuses import TRANSITIONS, Operation
from appointments.openapi.appointments import BOOKED, ID
from appointments.openapi.refusals import REFUSED_TIMES
from appointments.serializers.appointment_requests import (
    BookSerializer,
    CancelSerializer,
    InvitationCodeSerializer,
    MoveSerializer,
)
from appointments.serializers.appointments import AppointmentSerializer
from appointments.serializers.history import HistoryEntrySerializer
from booking.api.openapi.operations import ETAG, PRECONDITION, describe
from booking.api.serializers import EmptySerializer


def _describe_operation(
    operation: Operation,
    *,
    request=EmptySerializer,
    sent=None,
    refusals=(),
    refused=None,
    **texts,
):
    """Describe an operation with the refusals of its row in `TRANSITIONS`.

    `refusals` are those that depend on more than role and status. `refused` are responses
    to them with a body of their own.
    """
    examples = [OpenApiExample("Request", sent, request_only=True)] if sent else []
    return describe(
        request=request,
        parameters=[ID, ETAG],
        responses={200: AppointmentSerializer} | (refused or {}),
        refusals=(
            NotFound,
            errors.OperationNotAllowed,
            *dict.fromkeys(TRANSITIONS[operation].refusals.values()),
            *PRECONDITION,
            *refusals,
        ),
        examples=[*examples, BOOKED],
        **texts,
    )


book = _describe_operation(
    Operation.BOOK,
    operation_id="bookAppointment",
    summary="Book an available appointment, or a hold",
    description="A client books an `available` appointment, or converts their own hold. "
    "Staff and the therapist name the client.",
    request=BookSerializer,
    sent={"client_id": 9},
    refusals=(
        errors.ClientRequired,
        errors.UnknownClient,
        errors.OwnTherapist,
        errors.ClientNotAllowed,
        errors.AlreadyHeld,
        errors.AlreadyStarted,
        errors.HoldExpired,
        *OVERLAPS,
        errors.ClientBusyTooOften,
        TherapistInactive,
        TooManyAppointments,
    ),
)
move = _describe_operation(
    Operation.MOVE,
    operation_id="moveAppointment",
    summary="Move an appointment",
    description="The appointment keeps its id. Its old time never conflicts with its new "
    "time. If the move is refused, nothing changes. Clients move within the rules. Staff "
    "and the therapist see in `overridden` which rules they have overridden. A published "
    "time is taken by booking it, not by moving there. 409 and 422 come with "
    "`alternatives`, as when booking.",
    request=MoveSerializer,
    sent={"start": "2027-06-08T11:00:00Z"},
    refused=REFUSED_TIMES,
    refusals=(
        errors.UnknownTherapist,
        errors.OwnDiary,
        errors.ForeignDiary,
        errors.AlreadyStarted,
        *OVERLAPS,
        errors.ClientBusyTooOften,
        TooLateToCancel,
        *RULES,
    ),
)
cancel = _describe_operation(
    Operation.CANCEL,
    operation_id="cancelAppointment",
    summary="Cancel an appointment",
    description="Clients can cancel until the therapist's notice before the start, staff "
    "and the therapist until the end. This also withdraws a hold or an `available` "
    "appointment. The time is free at once. If the appointment was published first, it "
    "becomes available again.",
    request=CancelSerializer,
    sent={"reason": "illness"},
    refusals=(errors.AlreadyOver, TooLateToCancel),
)
complete = _describe_operation(
    Operation.COMPLETE,
    operation_id="completeAppointment",
    summary="Mark an appointment as completed",
    description="For staff and the therapist, from the start of the appointment.",
    refusals=(errors.NotStarted,),
)
no_show = _describe_operation(
    Operation.NO_SHOW,
    operation_id="markNoShow",
    summary="Mark an appointment as missed",
    description="For staff and the therapist, from the start of the appointment.",
    refusals=(errors.NotStarted,),
)
reopen = _describe_operation(
    Operation.REOPEN,
    operation_id="reopenAppointment",
    summary="Undo a completion or a no-show",
    description="For staff, within seven days.",
    refusals=(errors.TooLateToReopen,),
)


def _describe_response_to_invitation(**texts):
    return describe(
        request=InvitationCodeSerializer,
        parameters=[ID, ETAG],
        responses={200: AppointmentSerializer},
        examples=[
            OpenApiExample("Request", {"code": "042137"}, request_only=True),
            BOOKED,
        ],
        **texts,
    )


accept = _describe_response_to_invitation(
    operation_id="acceptInvitation",
    summary="Accept an invitation",
    description="For the user with the address that was invited (`client_email`), by the "
    "code of the mail. The appointment is then booked. It also verifies the address.",
    refusals=(
        InvalidCode,
        errors.HoldExpired,
        errors.OwnTherapist,
        errors.ClientBusy,
        TherapistInactive,
    ),
)
decline = _describe_response_to_invitation(
    operation_id="declineInvitation",
    summary="Decline an invitation",
    description="By the code of the mail, like accepting it. The time is free at once.",
    refusals=(InvalidCode, errors.HoldExpired),
)
ENTRY = HistoryEntrySerializer().get_initial()
show_history = extend_schema(
    operation_id="getAppointmentHistory",
    summary="Show what happened to an appointment",
    description="Oldest first. Staff and the therapist see who made each change. A client "
    "sees the changes made while the appointment was theirs.",
    parameters=[ID],
    responses=inline_serializer(
        "History", {"results": HistoryEntrySerializer(many=True)}
    ),
    examples=[OpenApiExample("History", {"results": [ENTRY]}, response_only=True)],
    filters=False,
)
