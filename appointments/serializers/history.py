"""Responses that show the history of an appointment."""

from rest_framework import serializers

from appointments.models.statuses import Role, Status
from appointments.serializers.appointments import ParticipatingUserSerializer
from booking.api.serializers import RowSerializer

# The names of changes.
ACTIONS = [*Status.values, "moved", "changed", "merged", "reopened", "removed"]


class HistoryEntrySerializer(RowSerializer):
    """One change of an appointment."""

    at = serializers.DateTimeField(initial="2027-05-02T08:00:00.123456Z")
    what = serializers.ChoiceField(
        choices=ACTIONS,
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
    user = ParticipatingUserSerializer(
        allow_null=True,
        help_text="The user who made the change. Clients see only themselves.",
    )
    request_id = serializers.CharField(
        initial="trace-7",
        allow_null=True,
        help_text="The `X-Request-ID` of the response: the caller's, or else ours. Null for "
        "clients.",
    )
    server_request_id = serializers.CharField(
        initial="0b9d1f3c5f0e4c7d8a6b2e1f0c9d8e7f",
        allow_null=True,
        help_text="Our own id of the request. Null for clients.",
    )
