"""The OpenAPI document about clients."""

from drf_spectacular.utils import OpenApiExample
from rest_framework.exceptions import NotFound

from appointments.errors import OperationNotAllowed
from appointments.openapi.appointments import BOOKED, ID
from appointments.serializers.clients import CancelAllSerializer, CancelledSerializer
from booking.api.openapi.operations import ETAG, PRECONDITION, describe

cancel_all = describe(
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
        OpenApiExample("A preview", {"preview": True}, request_only=True),
        OpenApiExample("For good", {"reason": "other"}, request_only=True),
        OpenApiExample(
            "A preview",
            {"preview": True, "appointments": [BOOKED.value], "series": []},
            response_only=True,
        ),
    ],
)
