"""The OpenAPI document about webhooks: the endpoints, and what they are sent."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    OpenApiWebhook,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied

from booking.api.openapi.operations import describe
from booking.api.serializers import EmptySerializer
from notifications.errors import UnknownDelivery
from notifications.models import EventType
from notifications.serializers.webhooks import (
    ReplayedSerializer,
    ReplaySerializer,
    SecretSerializer,
    WebhookDeliverySerializer,
    WebhookSerializer,
    WebhookWithSecretSerializer,
)

ENDPOINT = {
    "url": "https://records.example/hooks",
    "events": ["appointment.booked", "appointment.cancelled"],
    "is_active": True,
}
WEBHOOK = ENDPOINT | {"id": 4, "created_at": "2027-05-01T08:00:00.123456Z"}
SECRET = {"secret": "whsec_8nXhT3…"}
DELIVERY = {
    "id": 12,
    "message_id": "0b0ba5f2-5f63-4b6e-8c54-3a3e1c9f7a54",
    "type": "appointment.booked",
    "happened_at": "2027-05-01T08:00:00.123456Z",
    "appointment_id": 7,
    "series_id": None,
    "therapist_id": 1,
    "version": 42,
    "created_at": "2027-05-01T08:00:01.123456Z",
    "status": "sent",
    "attempts": 1,
    "finished_at": "2027-05-01T08:00:01.523456Z",
    "response_status": 204,
    "error": "",
}
EVENT = {
    "type": "appointment.booked",
    "timestamp": "2027-05-01T08:00:00.123456Z",
    "data": {"appointment_id": 7, "therapist_id": 1, "version": 42},
}
ID = OpenApiParameter("id", int, OpenApiParameter.PATH)


def _show(value, **options):
    return OpenApiExample("Response", value, response_only=True, **options)


def _send(value, title="Request"):
    return OpenApiExample(title, value, request_only=True)


list_webhooks = describe(
    operation_id="listWebhooks",
    summary="List the endpoints of other systems",
    refusals=(NotFound,),
    examples=[_show(WEBHOOK)],
)
show_webhook = describe(
    operation_id="getWebhook",
    summary="Show an endpoint",
    parameters=[ID],
    responses={200: WebhookSerializer},
    refusals=(NotFound,),
    examples=[_show(WEBHOOK)],
)
add_webhook = describe(
    operation_id="addWebhook",
    summary="Add an endpoint",
    description="The response has the secret that signs each delivery, which is shown only "
    "once. The server has to be public and have a certificate, unless the practice allows "
    "its own network (`WEBHOOK_ALLOW_PRIVATE`).",
    request=WebhookSerializer,
    responses={201: WebhookWithSecretSerializer},
    refusals=(NotFound, PermissionDenied),
    examples=[_send(ENDPOINT), _show(WEBHOOK | SECRET)],
)
change_webhook = describe(
    operation_id="updateWebhook",
    summary="Change an endpoint, or switch it on or off",
    parameters=[ID],
    request=WebhookSerializer,
    responses={200: WebhookSerializer},
    refusals=(NotFound, PermissionDenied),
    examples=[_send({"is_active": True}), _show(WEBHOOK)],
)
delete_webhook = describe(
    operation_id="deleteWebhook",
    summary="Delete an endpoint and its list of deliveries",
    parameters=[ID],
    request=EmptySerializer,
    responses={204: OpenApiResponse(description="Deleted.")},
    refusals=(NotFound, PermissionDenied),
)
rotate = describe(
    operation_id="rotateWebhookSecret",
    summary="Make a new secret for an endpoint",
    description="For a day, the former secret signs each delivery too.",
    parameters=[ID],
    request=EmptySerializer,
    responses={200: SecretSerializer},
    refusals=(NotFound, PermissionDenied),
    examples=[_show(SECRET)],
)
list_deliveries = describe(
    operation_id="listWebhookDeliveries",
    summary="List what was sent to an endpoint",
    description="The latest first.",
    parameters=[ID],
    responses={200: WebhookDeliverySerializer(many=True)},
    refusals=(NotFound,),
    examples=[_show(DELIVERY)],
)
replay = describe(
    operation_id="replayWebhook",
    summary="Send deliveries again",
    description="One, or all since a moment, the oldest 10,000 at most. Their ids stay, so "
    "that a receiver can tell that it has seen one.",
    parameters=[ID],
    request=ReplaySerializer,
    responses={202: ReplayedSerializer},
    refusals=(NotFound, UnknownDelivery, PermissionDenied),
    examples=[
        _send({"delivery_id": 12}, "One"),
        _send({"since": "2027-05-01T08:00:00Z"}, "Since a moment"),
        _show({"count": 1}, status_codes=["202"]),
    ],
)
_DATA = inline_serializer(
    "WebhookData",
    {
        "appointment_id": serializers.IntegerField(required=False),
        "series_id": serializers.IntegerField(required=False),
        "therapist_id": serializers.IntegerField(),
        "version": serializers.IntegerField(
            help_text="A later change of the same appointment or series has a higher one."
        ),
    },
)
_EVENT = inline_serializer(
    "WebhookEvent",
    {
        "type": serializers.ChoiceField(choices=EventType.choices),
        "timestamp": serializers.DateTimeField(help_text="When it happened."),
        "data": _DATA,
    },
)


def _describe_event(view):
    # The project's own schema would add refusals, which are not for the receiver to send.
    view.schema = AutoSchema()
    decorate = extend_schema(
        operation_id="receiveEvent",
        summary="Something happened to an appointment or a series",
        description="Answer 2xx within ten seconds. Otherwise it is sent again, for three "
        "days; then the endpoint is switched off. The order is not promised: compare "
        "versions, and read the appointment if you need to know more. The headers are those "
        "of standardwebhooks.com: `webhook-id`, the same for each attempt, "
        "`webhook-timestamp`, and `webhook-signature`, of which one signature has to fit.",
        request={"application/json": _EVENT},
        responses={"2XX": OpenApiResponse(description="Taken.")},
        examples=[OpenApiExample("Booked", EVENT, request_only=True)],
        tags=["webhooks"],
    )
    return decorate(view)


# The "webhooks" of the document, which OpenAPI 3.1 has.
EVENTS = OpenApiWebhook(name="event", decorator=_describe_event)
