from rest_framework import serializers

from booking.api.fields import MomentField
from booking.api.serializers import ModelRulesSerializer
from therapists.models import (
    Absence,
    Closure,
    Offering,
    Specialism,
    Therapist,
    WorkingHours,
)


class SpecialismSerializer(serializers.ModelSerializer):
    class Meta:
        model = Specialism
        fields = ["id", "name"]


class OfferedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Offering
        fields = ["type", "duration"]


class TherapistSerializer(serializers.ModelSerializer):
    """What the public directory shows."""

    specialisms = serializers.SlugRelatedField("name", many=True, read_only=True)
    offerings = OfferedSerializer(many=True, read_only=True)

    class Meta:
        model = Therapist
        fields = ["id", "name", "time_zone", "booking_mode", "specialisms", "offerings"]


class OfferingSerializer(ModelRulesSerializer):
    class Meta:
        model = Offering
        fields = ["id", "type", "duration"]


class ClockField(serializers.TimeField):
    """A time on the therapist's clock, as HH:MM; 24:00 is the midnight at its end."""

    def __init__(self, **options):
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)

    def to_internal_value(self, value):
        return super().to_internal_value("00:00" if value == "24:00" else value)


class WorkingHoursSerializer(ModelRulesSerializer):
    start = ClockField()
    end = ClockField(help_text="At or before the start means the next day.")

    class Meta:
        model = WorkingHours
        fields = ["id", "weekday", "start", "end", "valid_from", "valid_until"]


class AbsenceSerializer(ModelRulesSerializer):
    start = MomentField()
    end = MomentField()

    class Meta:
        model = Absence
        fields = ["id", "start", "end"]


class ClosureSerializer(ModelRulesSerializer):
    class Meta:
        model = Closure
        fields = ["id", "start", "end", "name"]
