"""Requests to add an appointment, or to change one."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from appointments.models.statuses import CancellationReason
from booking.api.errors import RepeatedField, UnknownParameter
from booking.api.fields import IdField, MomentField
from booking.api.serializers import RequestSerializer
from therapists.models import (
    FARTHEST_DAYS,
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    AppointmentType,
)

START_HELP = "ISO 8601; without an offset, in the practice's time zone."


class StartField(MomentField):
    """The start of an appointment in the future."""

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


# The OpenAPI document adds "Request" to the name of its component.
@extend_schema_serializer(component_name="Booking")
class BookingRequestSerializer(RequestSerializer):
    """An appointment to book, to hold or to publish."""

    start = StartField(help_text=START_HELP)
    duration = serializers.IntegerField(
        min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES, help_text="Minutes."
    )
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    therapist_id = IdField(help_text="The therapist's id.")
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="The client's id, from staff and the therapist. Without it they publish "
        "an available appointment.",
    )
    hold = serializers.BooleanField(
        required=False,
        help_text="From clients: hold the time for some minutes instead of booking it.",
    )


class BookingQuerySerializer(BookingRequestSerializer):
    """The same, from the query string."""

    unknown = UnknownParameter

    def to_internal_value(self, data):
        repeated = [name for name in data if len(data.getlist(name)) > 1]
        if repeated:
            raise RepeatedField(repeated)
        return super().to_internal_value(data)


class BookSerializer(RequestSerializer):
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="The client's id. Required from staff and the therapist.",
    )


class MoveSerializer(RequestSerializer):
    start = StartField(help_text=START_HELP)
    therapist_id = IdField(
        required=False,
        allow_null=True,
        help_text="The id of another therapist, to move it to their diary.",
    )


class CancelSerializer(RequestSerializer):
    reason = serializers.ChoiceField(choices=CancellationReason.choices, required=False)
