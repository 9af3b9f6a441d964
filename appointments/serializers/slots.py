from rest_framework import serializers

from appointments.serializers.appointments import PartyTherapistSerializer
from therapists.models import AppointmentType


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
