from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from booking.api.fields import IdField, MomentField
from booking.api.serializers import RefusesUnknownFields, RequestSerializer
from notifications.models import EventType, Webhook, WebhookDelivery
from notifications.webhooks.addresses import ForbiddenAddress, check_url


class EndpointField(serializers.CharField):
    """An address to which webhooks may go."""

    default_error_messages = {
        "forbidden_url": "Send an address with https that leads to a public server, "
        "without a user or a fragment."
    }

    def to_internal_value(self, data):
        url = super().to_internal_value(data)
        try:
            check_url(url)
        except (ValueError, ForbiddenAddress):
            self.fail("forbidden_url")
        return url


class WebhookSerializer(RefusesUnknownFields, serializers.ModelSerializer):
    """An endpoint of another system."""

    url = EndpointField(
        max_length=500, help_text="It leads to a public server, with https."
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices),
        allow_empty=False,
        max_length=len(EventType),
        help_text="What it is told of.",
    )

    class Meta:
        model = Webhook
        fields = ["id", "url", "events", "is_active", "created_at"]
        read_only_fields = ["id", "created_at"]

    def update(self, webhook, changed):
        """Save these fields alone: another request may rotate the secret meanwhile."""
        for name, value in changed.items():
            setattr(webhook, name, value)
        webhook.save(update_fields=changed.keys())
        return webhook

    def validate_events(self, events):
        return sorted(set(events))


class WebhookWithSecretSerializer(WebhookSerializer):
    """An endpoint, and the secret with which its deliveries are signed."""

    secret = serializers.CharField(
        read_only=True, help_text="Shown only now. Treat it like a password."
    )

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class SecretSerializer(serializers.Serializer):
    """A new secret of an endpoint."""

    secret = serializers.CharField(
        help_text="Shown only now. For a day, the former one signs too."
    )


class WebhookDeliverySerializer(serializers.ModelSerializer):
    """An event that was sent to an endpoint, or is to be sent."""

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "message_id",
            "type",
            "happened_at",
            "appointment_id",
            "series_id",
            "therapist_id",
            "version",
            "created_at",
            "status",
            "attempts",
            "finished_at",
            "response_status",
            "error",
        ]


class ReplaySerializer(RequestSerializer):
    """Which deliveries to send again: one, or all since a moment."""

    default_error_messages = {
        "exclusive": "Send `delivery_id` or `since`, one of them."
    }
    delivery_id = IdField(required=False, help_text="One delivery.")
    since = MomentField(required=False, help_text="All that were made since then.")

    def validate(self, attrs):
        if len(attrs) != 1:
            message = self.error_messages["exclusive"]
            detail = ErrorDetail(message, "exclusive")
            raise serializers.ValidationError({"since": [detail]})
        return attrs


class ReplayedSerializer(serializers.Serializer):
    """How many deliveries are sent again."""

    count = serializers.IntegerField()
