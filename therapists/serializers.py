from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from booking.api.fields import MomentField
from booking.api.serializers import FullCleanSerializer
from therapists.models import (
    Absence,
    Closure,
    Offering,
    Specialism,
    Therapist,
    WorkingHours,
)


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class ClockField(serializers.TimeField):
    """A time of day in the therapist's time zone, as HH:MM."""

    def __init__(self, **options):
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


@extend_schema_field(
    {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}
)
class ClosingField(ClockField):
    """Also accepts 24:00, the end of the day, which is stored as 00:00."""

    def to_internal_value(self, value):
        return super().to_internal_value("00:00" if value == "24:00" else value)


class SpecialismSerializer(serializers.ModelSerializer):
    class Meta:
        model = Specialism
        fields = ["id", "name"]


class DirectoryOfferingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Offering
        fields = ["type", "duration"]


class TherapistSerializer(serializers.ModelSerializer):
    """A therapist in the public directory."""

    any_time_from = ClockField()
    any_time_until = ClockField()
    specialisms = serializers.SlugRelatedField("name", many=True, read_only=True)
    offerings = DirectoryOfferingSerializer(many=True, read_only=True)

    class Meta:
        model = Therapist
        fields = [
            "id",
            "name",
            "time_zone",
            "booking_mode",
            "any_time_from",
            "any_time_until",
            "longest_minutes",
            "specialisms",
            "offerings",
        ]


class OfferingSerializer(FullCleanSerializer):
    """A type of appointment that the therapist offers, with its duration."""

    class Meta:
        model = Offering
        fields = ["id", "type", "duration"]


class WorkingHoursSerializer(FullCleanSerializer):
    """A weekly window of work, in the therapist's time zone."""

    start = ClockField(help_text="HH:MM in the therapist's time zone.")
    end = ClosingField(
        help_text="HH:MM. At or before the start means the next day; 24:00 is midnight."
    )

    class Meta:
        model = WorkingHours
        fields = ["id", "weekday", "start", "end", "valid_from", "valid_until"]


class AbsenceSerializer(FullCleanSerializer):
    """A period in which the therapist has no appointments."""

    start = MomentField()
    end = MomentField()

    class Meta:
        model = Absence
        fields = ["id", "start", "end"]


class ClosureSerializer(FullCleanSerializer):
    """Days on which the practice is closed, in the practice's time zone."""

    class Meta:
        model = Closure
        fields = ["id", "start", "end", "name"]
