"""What somebody sends to book, to publish or to change an appointment."""

from datetime import timedelta

from django.utils import timezone
from rest_framework import serializers

from appointments.models.statuses import CancellationReason
from booking.api.fields import IdField, MomentField
from therapists.models import (
    FARTHEST_DAYS,
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    AppointmentType,
)

LOCAL = "ISO 8601; without an offset, in the practice's time zone."


class StartField(MomentField):
    """When an appointment that is to come may start."""

    default_error_messages = {
        "in_the_past": "Choose a time in the future.",
        "out_of_range": "Choose a time in the next ten years.",
    }

    def to_internal_value(self, value):
        start = super().to_internal_value(value)
        self.refuse_unplannable(start)
        return start

    def refuse_unplannable(self, start):
        now = timezone.now()
        if start <= now:
            self.fail("in_the_past")
        if start > now + timedelta(days=FARTHEST_DAYS):
            self.fail("out_of_range")


class WishSerializer(serializers.Serializer):
    """A period to book or to publish."""

    start = StartField(help_text=LOCAL)
    duration = serializers.IntegerField(
        min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES, help_text="Minutes."
    )
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    therapist_id = IdField(help_text="The id of the therapist.")
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="For staff and the therapist: whom to book it for. Without it they "
        "publish an available appointment.",
    )
    hold = serializers.BooleanField(
        required=False,
        help_text="For clients: keep the time for some minutes instead of booking it.",
    )


class TakingSerializer(serializers.Serializer):
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="For staff and the therapist, who have to: whom to book it for.",
    )


class MoveSerializer(serializers.Serializer):
    start = StartField(help_text=LOCAL)
    therapist_id = IdField(
        required=False, allow_null=True, help_text="Another therapist, if it is to be."
    )


class CancellationSerializer(serializers.Serializer):
    reason = serializers.ChoiceField(choices=CancellationReason.choices, required=False)


class NothingSerializer(serializers.Serializer):
    """For operations that say everything by their name."""
