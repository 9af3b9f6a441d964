"""What an answer about appointments and slots shows."""

from rest_framework import serializers

from appointments.states import CancellationReason, Party, Status
from therapists.models import AppointmentType


class PartyTherapistSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    specialisms = serializers.ListField(child=serializers.CharField())


class PartyClientSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class PlaceInSeriesSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    occurrence = serializers.IntegerField(help_text="1 is the first date.")
    is_exception = serializers.BooleanField(
        help_text="Moved or cancelled by itself, apart from its series."
    )


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
    hold_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when it is kept for whoever holds it."
    )
    cancelled_by = serializers.ChoiceField(choices=Party.choices, allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancellation_reason = serializers.ChoiceField(
        choices=CancellationReason.choices, allow_null=True
    )
    cancelled_late = serializers.BooleanField(
        help_text="Whether that was within the therapist's notice before the start."
    )
    series = PlaceInSeriesSerializer(
        allow_null=True, help_text="Null where it belongs to none."
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
            hold_expires_at,
            cancelled_by,
            cancelled_at,
            cancellation_reason,
            cancelled_late,
            series_id,
            occurrence,
            is_exception,
            created_at,
            updated_at,
            overridden,
            _version,
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
            "hold_expires_at": hold_expires_at,
            "cancelled_by": cancelled_by,
            "cancelled_at": cancelled_at,
            "cancellation_reason": cancellation_reason,
            "cancelled_late": cancelled_late,
            "series": series_id
            and {
                "id": series_id,
                "occurrence": occurrence,
                "is_exception": is_exception,
            },
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


class EventSerializer(serializers.Serializer):
    """One change in the life of an appointment."""

    at = serializers.DateTimeField()
    what = serializers.ChoiceField(
        choices=[*Status.values, "moved", "changed", "reopened", "removed"],
        help_text="What the change made of it.",
    )
    status = serializers.ChoiceField(choices=Status.choices)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    therapist_id = serializers.IntegerField()
    role = serializers.ChoiceField(
        choices=Party.choices,
        allow_null=True,
        help_text="On whose side it was done; null where nobody told.",
    )
    user = PartyClientSerializer(
        allow_null=True, help_text="Who did it. Clients see only themselves here."
    )
    request_id = serializers.CharField(
        allow_null=True, help_text="The `X-Request-ID`; null for clients."
    )
