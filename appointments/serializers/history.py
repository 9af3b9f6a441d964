from rest_framework import serializers

from appointments.models.statuses import Role, Status
from appointments.serializers.appointments import PartyClientSerializer


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
        choices=Role.choices,
        allow_null=True,
        help_text="On whose side it was done; null where nobody told.",
    )
    user = PartyClientSerializer(
        allow_null=True, help_text="Who did it. Clients see only themselves here."
    )
    request_id = serializers.CharField(
        allow_null=True, help_text="The `X-Request-ID`; null for clients."
    )
