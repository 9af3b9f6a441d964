"""Responses that show an appointment.

Each field needs a column of the same name in `sql.APPOINTMENT_COLUMNS`.
"""

from rest_framework import serializers

from appointments.models.statuses import CancellationReason, Role, Status
from booking.api.serializers import RowSerializer
from therapists.models import AppointmentType


class ParticipatingTherapistSerializer(RowSerializer):
    """The therapist of an appointment."""

    id = serializers.IntegerField(initial=1)
    name = serializers.CharField(initial="Ada Quill")
    specialisms = serializers.ListField(
        child=serializers.CharField(), initial=["Addiction"]
    )
    time_zone = serializers.CharField(initial="Europe/London")


class ParticipatingUserSerializer(RowSerializer):
    """A user who changed an appointment."""

    id = serializers.IntegerField(initial=9)
    name = serializers.CharField(initial="Kit Moss")
    email = serializers.EmailField(
        initial="kit@example.com",
        allow_null=True,
        help_text="Null for a client whom staff entered without one.",
    )


class ParticipatingClientSerializer(ParticipatingUserSerializer):
    """The client of an appointment."""

    phone = serializers.CharField(
        initial="+442079460018", allow_null=True, help_text="In E.164."
    )


class PlaceInSeriesSerializer(RowSerializer):
    """The series of an appointment, and its place in it."""

    id = serializers.IntegerField(initial=5)
    occurrence = serializers.IntegerField(initial=1, help_text="1 is the first date.")
    is_exception = serializers.BooleanField(
        help_text="Moved or cancelled on its own, apart from its series."
    )


class AppointmentSerializer(RowSerializer):
    """An appointment, as every user sees it who may see it."""

    id = serializers.IntegerField(initial=7)
    start = serializers.DateTimeField(initial="2027-06-06T11:41:00Z")
    end = serializers.DateTimeField(initial="2027-06-06T12:41:00Z")
    duration = serializers.IntegerField(initial=60, help_text="Minutes.")
    type = serializers.ChoiceField(
        choices=AppointmentType.choices, initial=AppointmentType.ONE_OFF.value
    )
    status = serializers.ChoiceField(
        choices=Status.choices, initial=Status.BOOKED.value
    )
    therapist = ParticipatingTherapistSerializer()
    client = ParticipatingClientSerializer(
        allow_null=True, help_text="Null while no client has it."
    )
    hold_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when the client holds the time."
    )
    invited = serializers.BooleanField(
        help_text="Whether it is held for somebody who was invited by mail."
    )
    cancelled_by = serializers.ChoiceField(choices=Role.choices, allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancellation_reason = serializers.ChoiceField(
        choices=CancellationReason.choices, allow_null=True
    )
    cancelled_late = serializers.BooleanField(
        help_text="Whether that was within the therapist's notice before the start, or "
        "after a move from such a start."
    )
    series = PlaceInSeriesSerializer(
        allow_null=True, help_text="Null if it belongs to no series."
    )
    created_at = serializers.DateTimeField(initial="2027-05-01T08:00:00.123456Z")
    updated_at = serializers.DateTimeField(initial="2027-05-01T08:00:00.123456Z")
    overridden = serializers.ListField(
        child=serializers.CharField(),
        help_text="The rules that staff or the therapist overrode.",
    )
