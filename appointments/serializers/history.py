"""Responses that show the history of an appointment."""

from rest_framework import serializers

from appointments.models.statuses import Role, Status
from appointments.serializers.appointments import ParticipatingClientSerializer
from booking.api.serializers import RowSerializer


class HistoryEntrySerializer(RowSerializer):
    """One change of an appointment."""

    at = serializers.DateTimeField(initial="2027-05-02T08:00:00.123456Z")
    what = serializers.ChoiceField(
        choices=[*Status.values, "moved", "changed", "reopened", "removed"],
        initial="moved",
        help_text="What the change did to the appointment.",
    )
    status = serializers.ChoiceField(
        choices=Status.choices, initial=Status.BOOKED.value
    )
    start = serializers.DateTimeField(initial="2027-06-08T11:00:00Z")
    end = serializers.DateTimeField(initial="2027-06-08T12:00:00Z")
    therapist_id = serializers.IntegerField(initial=1)
    role = serializers.ChoiceField(
        choices=Role.choices,
        initial=Role.CLIENT.value,
        allow_null=True,
        help_text="The role of the user; null for a change outside the API.",
    )
    user = ParticipatingClientSerializer(
        allow_null=True,
        help_text="The user who made the change. Clients see only themselves.",
    )
    request_id = serializers.CharField(
        initial="0b9d1f3c",
        allow_null=True,
        help_text="The `X-Request-ID`; null for clients.",
    )
