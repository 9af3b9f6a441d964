from datetime import timedelta

from django.utils import timezone
from rest_framework import serializers

from appointments.models import Status
from booking.api.fields import IdField, MomentField
from therapists.models import (
    FARTHEST_DAYS,
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    AppointmentType,
)


class PartyTherapistSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    specialisms = serializers.ListField(child=serializers.CharField())


class PartyClientSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class AppointmentSerializer(serializers.Serializer):
    """What somebody who may see an appointment sees, made from a row of `listing`."""

    id = serializers.IntegerField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    duration = serializers.IntegerField(help_text="Minutes.")
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    therapist = PartyTherapistSerializer()
    client = PartyClientSerializer(
        allow_null=True, help_text="Null while nobody has taken it."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    overridden = serializers.ListField(
        child=serializers.CharField(),
        help_text="The rules outside which staff or the therapist added it.",
    )

    def to_representation(self, row):
        # The row comes as the API sends it, so that nothing is parsed only to be
        # written again.
        (
            id,
            start,
            end,
            duration,
            type,
            status,
            therapist_id,
            therapist_name,
            specialisms,
            client_id,
            client_name,
            client_email,
            created_at,
            updated_at,
            overridden,
        ) = row
        return {
            "id": id,
            "start": start,
            "end": end,
            "duration": duration,
            "type": type,
            "status": status,
            "therapist": {
                "id": therapist_id,
                "name": therapist_name,
                "specialisms": specialisms,
            },
            "client": client_id
            and {"id": client_id, "name": client_name, "email": client_email},
            "created_at": created_at,
            "updated_at": updated_at,
            "overridden": overridden,
        }


class SlotTherapistSerializer(PartyTherapistSerializer):
    time_zone = serializers.CharField()


class SlotSerializer(serializers.Serializer):
    """A start that can be booked, made from a row of `slots`."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    duration = serializers.IntegerField(help_text="Minutes.")
    therapist = SlotTherapistSerializer()
    appointment_id = serializers.IntegerField(
        allow_null=True, help_text="Of the published appointment that this is, if any."
    )

    def to_representation(self, row):
        start, end, duration, appointment_id, id, name, time_zone, specialisms, type = (
            row
        )
        return {
            "start": start,
            "end": end,
            "type": type,
            "duration": duration,
            "therapist": {
                "id": id,
                "name": name,
                "specialisms": specialisms,
                "time_zone": time_zone,
            },
            "appointment_id": appointment_id,
        }


class WishSerializer(serializers.Serializer):
    """A period to book or to publish."""

    start = MomentField(
        help_text="ISO 8601; without an offset, in the practice's time zone."
    )
    duration = serializers.IntegerField(
        min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES, help_text="Minutes."
    )
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    therapist_id = IdField()
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="For staff and the therapist: whom to book it for. Without it they "
        "publish an available appointment.",
    )

    def validate_start(self, start):
        now = timezone.now()
        if start <= now:
            raise serializers.ValidationError(
                "Choose a time in the future.", code="in_the_past"
            )
        if start > now + timedelta(days=FARTHEST_DAYS):
            raise serializers.ValidationError(
                "Choose a time in the next ten years.", code="out_of_range"
            )
        return start
