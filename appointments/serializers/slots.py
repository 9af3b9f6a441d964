"""Responses that show free times."""

from rest_framework import serializers

from appointments.serializers.appointments import ParticipatingTherapistSerializer
from booking.api.serializers import RowSerializer
from therapists.models import AppointmentType


class SlotSerializer(RowSerializer):
    """A start that can be booked."""

    start = serializers.DateTimeField(initial="2027-03-01T09:00:00Z")
    end = serializers.DateTimeField(initial="2027-03-01T09:50:00Z")
    type = serializers.ChoiceField(
        choices=AppointmentType.choices, initial=AppointmentType.ONE_OFF.value
    )
    duration = serializers.IntegerField(initial=50, help_text="Minutes.")
    therapist = ParticipatingTherapistSerializer()
    appointment_id = serializers.IntegerField(
        allow_null=True, help_text="Of the published appointment that this is, if any."
    )


class DayOfSlotsSerializer(RowSerializer):
    """A day on which a therapist has slots."""

    day = serializers.DateField(initial="2027-03-01")
    start = serializers.DateTimeField(
        initial="2027-03-01T09:00:00Z", help_text="The first slot of the day."
    )
    count = serializers.IntegerField(
        allow_null=True,
        initial=7,
        help_text="How many slots there are. Null with `per_day=first`.",
    )
    therapist = ParticipatingTherapistSerializer()


class FreeSerializer(RowSerializer):
    """A stretch of time in which the therapist is free."""

    start = serializers.DateTimeField(initial="2027-03-01T09:00:00Z")
    end = serializers.DateTimeField(initial="2027-03-01T17:30:00Z")
    therapist = ParticipatingTherapistSerializer()


class AlternativesSerializer(serializers.Serializer):
    """Free times instead of one that was refused."""

    day = serializers.DateTimeField(
        allow_null=True,
        help_text="The nearest start on the same day of the therapist's clock.",
    )
    week = serializers.DateTimeField(
        allow_null=True,
        help_text="The nearest start in the same week, which begins on Monday.",
    )
    colleagues = SlotSerializer(
        many=True,
        help_text="The first free times, from the start on, of colleagues with a "
        "specialism of the therapist.",
    )
