"""The OpenAPI document about clients."""

from drf_spectacular.utils import OpenApiExample
from rest_framework.exceptions import NotFound

from accounts.errors import AddressTaken
from appointments.errors import OperationNotAllowed
from appointments.errors.clients import (
    ClientsOverlap,
    MergeTargetCannotSignIn,
    MergeTargetIsTherapist,
    SameClient,
    UnknownMergeTarget,
)
from appointments.filters.clients import TooManyPeople
from appointments.openapi.appointments import BOOKED, ID
from appointments.serializers.clients import (
    CancelAllSerializer,
    CancelledSerializer,
    ClientSerializer,
    MergedSerializer,
    MergeSerializer,
)
from booking.api.openapi.operations import ETAG, PRECONDITION, describe

CLIENT = {
    "id": 9,
    "is_active": True,
    "date_joined": "2027-05-01T08:00:00.123456Z",
    "email_bounced_at": None,
    "name": "Kit Moss",
    "email": None,
    "phone": "+442079460018",
    "time_zone": "Europe/London",
    "language": "en",
}
ON_THE_PHONE = {"name": "Kit Moss", "phone": "+44 20 7946 0018"}


def _request_example(name, value):
    return OpenApiExample(name, value, request_only=True)


def _response_example(name, value):
    return OpenApiExample(name, value, response_only=True)


list_clients = describe(
    operation_id="listClients",
    summary="Find clients",
    description="For staff. Ordered by name. The appointments of one are in the list of "
    "appointments, by `client_id`.",
    refusals=(NotFound, TooManyPeople),
    examples=[_response_example("Client", CLIENT)],
)
show_client = describe(
    operation_id="getClient",
    summary="Show a client",
    description="For staff.",
    parameters=[ID],
    refusals=(NotFound,),
    examples=[_response_example("Client", CLIENT)],
)
add_client = describe(
    operation_id="addClient",
    summary="Add a client",
    description="For staff. A client on the phone may have no address, and cannot sign in. "
    "Nor can a client with an address until a password is set.",
    request=ClientSerializer,
    responses={201: ClientSerializer},
    refusals=(NotFound, OperationNotAllowed, AddressTaken),
    examples=[
        _request_example("On the phone", ON_THE_PHONE),
        _response_example("Client", CLIENT),
    ],
)
change_client = describe(
    operation_id="updateClient",
    summary="Change a client",
    description="For staff. Therapists and staff who are clients too are changed by those who "
    "may change accounts.",
    parameters=[ID],
    request=ClientSerializer,
    responses=ClientSerializer,
    refusals=(NotFound, OperationNotAllowed, AddressTaken),
    examples=[
        _request_example("A new number", {"phone": "+44 20 7946 0018"}),
        _response_example("Client", CLIENT),
    ],
)
cancel_all = describe(
    operation_id="cancelAllForClient",
    summary="Cancel all that a client has ahead",
    description="For staff. Cancels the client's upcoming appointments, holds and dates of "
    "series, all or none. With `preview`, nothing is cancelled: the response shows what "
    "would be, and its ETag, as `If-Match`, keeps the cancellation to just that. The "
    "time is free at once. An appointment that was published becomes available again.",
    request=CancelAllSerializer,
    parameters=[ID, ETAG],
    responses={200: CancelledSerializer},
    refusals=(NotFound, OperationNotAllowed, *PRECONDITION),
    examples=[
        _request_example("A preview", {"preview": True}),
        _request_example("For good", {"reason": "other"}),
        _response_example(
            "A preview",
            {"preview": True, "appointments": [BOOKED.value], "series": []},
        ),
    ],
)
merge = describe(
    operation_id="mergeClient",
    summary="Merge a client into another",
    description="For staff, such as a client entered on the phone who registered later. "
    "The client `into` gets all appointments and series, sees their history, and gets the "
    "phone if there was none. The client of the path keeps only the name, and is "
    "deactivated for good. All or nothing. With `preview`, nothing changes: the response "
    "shows what would.",
    request=MergeSerializer,
    parameters=[ID],
    responses={200: MergedSerializer},
    refusals=(
        NotFound,
        OperationNotAllowed,
        SameClient,
        UnknownMergeTarget,
        MergeTargetCannotSignIn,
        MergeTargetIsTherapist,
        ClientsOverlap,
    ),
    examples=[
        _request_example("A preview", {"into": 12, "preview": True}),
        _request_example("For good", {"into": 12}),
        _response_example(
            "A preview",
            {
                "preview": True,
                "client": CLIENT | {"id": 12, "email": "kit@example.com"},
                "appointments": 8,
                "upcoming": 2,
                "series": 1,
            },
        ),
    ],
)
