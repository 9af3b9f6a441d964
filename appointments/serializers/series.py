"""What somebody sends about a series, and what an answer shows of it."""

from rest_framework import serializers

from appointments.errors import TooLateToCancel, unbooked, written
from appointments.models.statuses import Status
from appointments.serializers.appointments import (
    PartyClientSerializer,
    PartyTherapistSerializer,
)
from appointments.services.series.check import REFUSALS
from therapists.models import AppointmentType

# With which a date is refused; with the notice only when it is to be cancelled.
DATE_CODES = {*REFUSALS, TooLateToCancel.default_code}


class DateErrorSerializer(serializers.Serializer):
    code = serializers.ChoiceField(choices=sorted(DATE_CODES))
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class NearestSerializer(serializers.Serializer):
    day = serializers.DateTimeField(allow_null=True)
    week = serializers.DateTimeField(allow_null=True)


class DateSerializer(serializers.Serializer):
    """One date of a series."""

    occurrence = serializers.IntegerField(help_text="1 is the first date.")
    start = serializers.CharField(
        help_text="A moment; the local time without an offset where the therapist's clock "
        "skips it."
    )
    status = serializers.ChoiceField(
        choices=Status.choices, allow_null=True, help_text="Null where none is booked."
    )
    errors = DateErrorSerializer(many=True)
    appointment_id = serializers.IntegerField(allow_null=True)
    is_exception = serializers.BooleanField(
        help_text="Moved or cancelled by itself, apart from its series."
    )
    nearest = NearestSerializer(
        allow_null=True,
        help_text="In a preview, for a date that cannot be: the nearest free slot of the "
        "same day and of the same week.",
    )


class PreviewSerializer(serializers.Serializer):
    dates = DateSerializer(many=True)


class SeriesSerializer(PreviewSerializer):
    """A series as its client, its therapist and staff see it."""

    id = serializers.IntegerField()
    therapist = PartyTherapistSerializer()
    client = PartyClientSerializer()
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    start = serializers.DateTimeField(help_text="The first date as it was asked for.")
    duration = serializers.IntegerField(help_text="Minutes.")
    every_weeks = serializers.IntegerField()
    count = serializers.IntegerField(help_text="How many dates were asked for.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def shown(series, user, skipped=()):
    """Return what an answer shows the user of a series, and of dates left out of it.

    A date that was moved to a colleague is none of the therapist's.
    """
    sees_all = user.is_staff or user.pk == series.client_id
    dates = [
        _booked(one)
        for one in series.appointments.all()
        if sees_all or one.therapist_id == series.therapist_id
    ]
    dates += [tried(date) for date in skipped if date.codes]
    therapist, client = series.therapist, series.client
    return {
        "id": series.pk,
        "therapist": {
            "id": therapist.pk,
            "name": therapist.name,
            "specialisms": sorted(s.name for s in therapist.specialisms.all()),
        },
        "client": {"id": client.pk, "name": client.name, "email": client.email},
        "type": series.type,
        "start": written(series.start),
        "duration": series.duration,
        "every_weeks": series.every_weeks,
        "count": series.count,
        "dates": sorted(dates, key=lambda date: date["occurrence"]),
        "created_at": written(series.created_at, to="microseconds"),
        "updated_at": written(series.updated_at, to="microseconds"),
    }


def tried(date, nearest=None):
    """Return what an answer shows of a date that was judged and not booked."""
    refusals = [REFUSALS[code] for code in date.codes]
    entry = unbooked(date.occurrence, date.start or date.local, refusals)
    return entry | {"nearest": nearest}


def _booked(appointment):
    return {
        "occurrence": appointment.occurrence,
        "start": written(appointment.start),
        "status": appointment.status,
        "errors": [],
        "appointment_id": appointment.pk,
        "is_exception": appointment.is_exception,
        "nearest": None,
    }
