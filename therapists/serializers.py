from drf_spectacular.utils import extend_schema_field
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
    """A type of appointment that the therapist offers, with its duration."""

    class Meta:
        model = Offering
        fields = ["id", "type", "duration"]


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class ClockField(serializers.TimeField):
    """A time on the therapist's clock, as HH:MM."""

    def __init__(self, **options):
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


@extend_schema_field(
    {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
)
class ClosingField(ClockField):
    """Takes also 24:00, the midnight at the end of the day, which is stored as 00:00."""

    def to_internal_value(self, value):
        return super().to_internal_value("00:00" if value == "24:00" else value)


class WorkingHoursSerializer(ModelRulesSerializer):
    """A weekly window on the therapist's clock."""

    start = ClockField(help_text="HH:MM on the therapist's clock.")
    end = ClosingField(
        help_text="HH:MM; at or before the start means the next day, 24:00 is midnight."
    )

    class Meta:
        model = WorkingHours
        fields = ["id", "weekday", "start", "end", "valid_from", "valid_until"]


class AbsenceSerializer(ModelRulesSerializer):
    """A stretch of time in which the therapist sees nobody."""

    start = MomentField()
    end = MomentField()

    class Meta:
        model = Absence
        fields = ["id", "start", "end"]


class ClosureSerializer(ModelRulesSerializer):
    """Days on which the practice is closed, in its time zone."""

    class Meta:
        model = Closure
        fields = ["id", "start", "end", "name"]
