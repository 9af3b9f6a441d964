"""Requests and responses about a client of the practice."""

from rest_framework import serializers

from appointments.serializers.appointment_requests import CancelSerializer
from appointments.serializers.appointments import AppointmentSerializer


class CancelAllSerializer(CancelSerializer):
    preview = serializers.BooleanField(
        required=False, help_text="Only show what would be cancelled."
    )


class CancelledSerializer(serializers.Serializer):
    """The appointments that were cancelled, or would be."""

    preview = serializers.BooleanField(help_text="Whether nothing was cancelled.")
    appointments = AppointmentSerializer(many=True)
    series = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="The ids of the series that have dates among them.",
    )
