"""Responses that show a series, or the dates that one would have."""

from rest_framework import serializers

from appointments.errors.series import RefusedDate, SeriesRefused
from appointments.models.statuses import Right, Status
from appointments.serializers.appointments import (
    ParticipatingClientSerializer,
    ParticipatingTherapistSerializer,
)
from booking.api.serializers import ErrorSerializer
from therapists.models import AppointmentType


class NearestSerializer(serializers.Serializer):
    day = serializers.DateTimeField(allow_null=True)
    week = serializers.DateTimeField(allow_null=True)


class SeriesDateSerializer(serializers.Serializer):
    """One date of a series."""

    occurrence = serializers.IntegerField(help_text="1 is the first date.")
    start = serializers.CharField(
        help_text="In UTC. If the therapist's clock skips this time: the local time, "
        "without an offset."
    )
    status = serializers.ChoiceField(
        choices=Status.choices, allow_null=True, help_text="Null if it is not booked."
    )
    errors = ErrorSerializer(
        many=True,
        help_text="Why it cannot be booked. The codes are those of 409 and 422.",
    )
    appointment_id = serializers.IntegerField(allow_null=True)
    is_exception = serializers.BooleanField(
        help_text="Moved or cancelled on its own, apart from its series."
    )
    nearest = NearestSerializer(
        allow_null=True,
        help_text="In a preview, for a date that cannot be booked: the nearest slots of "
        "its day and of its week.",
    )


class SeriesPreviewSerializer(serializers.Serializer):
    dates = SeriesDateSerializer(many=True)


class SeriesSerializer(SeriesPreviewSerializer):
    """A series, as its client, its therapist and staff see it."""

    id = serializers.IntegerField()
    therapist = ParticipatingTherapistSerializer()
    client = ParticipatingClientSerializer()
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    start = serializers.DateTimeField(help_text="The first date as it was requested.")
    duration = serializers.IntegerField(help_text="Minutes.")
    every_weeks = serializers.IntegerField()
    count = serializers.IntegerField(help_text="How many dates were requested.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def represent_series(series, user, skipped=()):
    """Return the user's view of the series, and of the dates that it skipped.

    The therapist does not see a date that was moved to a colleague.
    """
    sees_all = user.has_right(Right.VIEW_SERIES) or user.pk == series.client_id
    dates = [
        _represent_appointment(appointment)
        for appointment in series.appointments.all()
        if sees_all or appointment.therapist_id == series.therapist_id
    ]
    dates += [represent_date(date) for date in skipped if date.refusals]
    therapist, client = series.therapist, series.client
    return {
        "id": series.pk,
        "therapist": {
            "id": therapist.pk,
            "name": therapist.name,
            "specialisms": sorted(s.name for s in therapist.specialisms.all()),
            "time_zone": therapist.time_zone,
        },
        "client": {
            "id": client.pk,
            "name": client.name,
            "email": client.email,
            "phone": client.phone,
        },
        "type": series.type,
        "start": series.start,
        "duration": series.duration,
        "every_weeks": series.every_weeks,
        "count": series.count,
        "dates": sorted(dates, key=lambda date: date["occurrence"]),
        "created_at": series.created_at,
        "updated_at": series.updated_at,
    }


def represent_date(date, alternatives=None):
    """Return the view of a date that was checked and not booked."""
    refused = RefusedDate(date.occurrence, date.start or date.local, date.refusals)
    entry = _represent_refused_date(refused)
    return entry | {"nearest": alternatives and alternatives._asdict()}


def represent_refusal(refused: SeriesRefused):
    """Return the body of a response that refuses dates, each with every reason."""
    dates = [_represent_refused_date(date) for date in refused.dates]
    errors = [
        error | {"attr": _format_start(date["start"])}
        for date in dates
        for error in date["errors"]
    ]
    return {"type": "client_error", "errors": errors, "dates": dates}


def _represent_refused_date(date):
    return {
        "occurrence": date.occurrence,
        "start": date.start,
        "status": None,
        "errors": [
            {"code": one.default_code, "detail": one.default_detail, "attr": None}
            for one in date.refusals
        ],
        "appointment_id": None,
        "is_exception": False,
        "nearest": None,
    }


def _format_start(start):
    return start.isoformat().replace("+00:00", "Z")


def _represent_appointment(appointment):
    return {
        "occurrence": appointment.occurrence,
        "start": appointment.start,
        "status": appointment.status,
        "errors": [],
        "appointment_id": appointment.pk,
        "is_exception": appointment.is_exception,
        "nearest": None,
    }
