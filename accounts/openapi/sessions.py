"""The OpenAPI document about sessions."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import NotFound

from booking.api.openapi.operations import describe
from booking.api.serializers import EmptySerializer

SESSION = {
    "id": 4,
    "started_at": "2027-05-01T08:00:00.123456Z",
    "used_at": "2027-05-02T08:00:00.123456Z",
    "expires_at": "2027-05-09T08:00:00.123456Z",
    "address": "203.0.113.7",
    "is_current": True,
}
ID = OpenApiParameter("id", int, OpenApiParameter.PATH)

list_sessions = describe(
    operation_id="listSessions",
    summary="List where you are signed in",
    description="The session used last comes first.",
    examples=[OpenApiExample("Session", SESSION, response_only=True)],
)
end_session = describe(
    operation_id="endSession",
    summary="End a session",
    description="Its tokens work no longer.",
    parameters=[ID],
    request=EmptySerializer,
    responses={204: OpenApiResponse(description="Ended.")},
    refusals=(NotFound,),
)
