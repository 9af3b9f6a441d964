"""The OpenAPI document about feeds."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import NotFound

from booking.api.openapi.operations import describe
from booking.api.serializers import EmptySerializer
from notifications.errors import NoDiary, TooManyFeeds
from notifications.serializers.feeds import (
    FeedRequestSerializer,
    FeedWithAddressSerializer,
)

FEED = {
    "id": 4,
    "kind": "mine",
    "names": "none",
    "created_at": "2027-05-01T08:00:00.123456Z",
}
URL = "https://booking.example/calendar/8mvX…Q2c.ics"
ID = OpenApiParameter("id", int, OpenApiParameter.PATH)

list_feeds = describe(
    operation_id="listFeeds",
    summary="List your calendars",
    examples=[OpenApiExample("Feed", FEED, response_only=True)],
)
add_feed = describe(
    operation_id="addFeed",
    summary="Add a calendar that other programs can subscribe to",
    description="The response has a secret address, which is shown only once. Programs read "
    "an iCalendar there: from a month ago to a year ahead. Cancelled appointments stay in it "
    "for a month.",
    request=FeedRequestSerializer,
    responses={201: FeedWithAddressSerializer},
    refusals=(NoDiary, TooManyFeeds),
    examples=[
        OpenApiExample("Mine", {"kind": "mine"}, request_only=True),
        OpenApiExample("Feed", FEED | {"url": URL}, response_only=True),
    ],
)
delete_feed = describe(
    operation_id="deleteFeed",
    summary="Delete a calendar",
    description="Its address works no longer.",
    parameters=[ID],
    request=EmptySerializer,
    responses={204: OpenApiResponse(description="Deleted.")},
    refusals=(NotFound,),
)
