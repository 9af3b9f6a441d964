"""What an answer about appointments and slots shows."""

from collections import namedtuple

from rest_framework import serializers

from appointments.models.statuses import CancellationReason, Role, Status
from therapists.models import AppointmentType


class PartyTherapistSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    specialisms = serializers.ListField(child=serializers.CharField())


class PartyClientSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class PlaceInSeriesSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    occurrence = serializers.IntegerField(help_text="1 is the first date.")
    is_exception = serializers.BooleanField(
        help_text="Moved or cancelled by itself, apart from its series."
    )


AnswerRow = namedtuple(
    "AnswerRow",
    "id start end duration type status therapist_id therapist_name specialisms "
    "client_id client_name client_email hold_expires_at cancelled_by cancelled_at "
    "cancellation_reason cancelled_late series_id occurrence is_exception created_at "
    "updated_at overridden version",
)


class AppointmentSerializer(serializers.Serializer):
    """What somebody who may see an appointment sees, made from a row of `listing`."""

    id = serializers.IntegerField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    duration = serializers.IntegerField(help_text="Minutes.")
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    therapist = PartyTherapistSerializer()
    client = PartyClientSerializer(
        allow_null=True, help_text="Null while nobody has taken it."
    )
    hold_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when it is kept for whoever holds it."
    )
    cancelled_by = serializers.ChoiceField(choices=Role.choices, allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancellation_reason = serializers.ChoiceField(
        choices=CancellationReason.choices, allow_null=True
    )
    cancelled_late = serializers.BooleanField(
        help_text="Whether that was within the therapist's notice before the start."
    )
    series = PlaceInSeriesSerializer(
        allow_null=True, help_text="Null where it belongs to none."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    overridden = serializers.ListField(
        child=serializers.CharField(),
        help_text="The rules outside which staff or the therapist added it.",
    )

    def to_representation(self, row):
        # The row comes as the API sends it, so that nothing is parsed only to be
        # written again.
        one = AnswerRow._make(row)
        client = {"id": one.client_id, "name": one.client_name}
        place = {"id": one.series_id, "occurrence": one.occurrence}
        return {
            "id": one.id,
            "start": one.start,
            "end": one.end,
            "duration": one.duration,
            "type": one.type,
            "status": one.status,
            "therapist": {
                "id": one.therapist_id,
                "name": one.therapist_name,
                "specialisms": one.specialisms,
            },
            "client": one.client_id and client | {"email": one.client_email},
            "hold_expires_at": one.hold_expires_at,
            "cancelled_by": one.cancelled_by,
            "cancelled_at": one.cancelled_at,
            "cancellation_reason": one.cancellation_reason,
            "cancelled_late": one.cancelled_late,
            "series": one.series_id and place | {"is_exception": one.is_exception},
            "created_at": one.created_at,
            "updated_at": one.updated_at,
            "overridden": one.overridden,
        }
