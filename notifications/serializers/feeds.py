from rest_framework import serializers

from booking.api.serializers import RequestSerializer
from notifications.models import FeedKind, FeedNames


class FeedRequestSerializer(RequestSerializer):
    """A feed to make."""

    kind = serializers.ChoiceField(
        choices=FeedKind.choices,
        help_text="`mine`: what you have as a client. `diary`: your diary as a therapist.",
    )
    names = serializers.ChoiceField(
        choices=FeedNames.choices,
        default=FeedNames.NONE,
        help_text="What the feed tells of the other person. Calendars are often shared.",
    )


class FeedSerializer(serializers.Serializer):
    """A calendar that other programs read by a secret address."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=FeedKind.choices)
    names = serializers.ChoiceField(choices=FeedNames.choices)
    created_at = serializers.DateTimeField()


class FeedWithAddressSerializer(FeedSerializer):
    url = serializers.URLField(help_text="Shown only now. Treat it like a password.")
