"""Requests about a series."""

from rest_framework import serializers

from appointments.models.series import (
    FEWEST_OCCURRENCES,
    MOST_OCCURRENCES,
    MOST_WEEKS_BETWEEN,
)
from appointments.models.statuses import CancellationReason
from appointments.serializers.appointment_requests import START_HELP, StartField
from booking.api.fields import IdField, MomentField
from booking.api.serializers import RequestSerializer
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES, AppointmentType


class SeriesPlanSerializer(RequestSerializer):
    """A series to book or to preview."""

    therapist_id = IdField(help_text="The therapist's id.")
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    start = StartField(help_text=f"The first date. {START_HELP}")
    duration = serializers.IntegerField(
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        required=False,
        allow_null=True,
        help_text="Minutes. The default is the duration that the therapist offers.",
    )
    every_weeks = serializers.IntegerField(
        min_value=1, max_value=MOST_WEEKS_BETWEEN, help_text="1 is every week."
    )
    count = serializers.IntegerField(
        min_value=FEWEST_OCCURRENCES,
        max_value=MOST_OCCURRENCES,
        help_text="The number of dates.",
    )
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="The client's id. Required from staff and the therapist.",
    )


class BookSeriesSerializer(SeriesPlanSerializer):
    on_conflict = serializers.ChoiceField(
        choices=["refuse", "skip"],
        required=False,
        help_text="What to do if a date cannot be booked: `refuse` the whole series, the "
        "default, or `skip` that date.",
    )


class FromField(MomentField):
    def __init__(self):
        super().__init__(
            source="from_",
            required=False,
            allow_null=True,
            help_text="Only dates from this moment on. The default is now.",
        )


class MoveSeriesSerializer(RequestSerializer):
    start = StartField(help_text=f"The new start of the first moved date. {START_HELP}")
    # `from` cannot be a name in Python.
    vars()["from"] = FromField()


class CancelSeriesSerializer(RequestSerializer):
    reason = serializers.ChoiceField(choices=CancellationReason.choices, required=False)
    vars()["from"] = FromField()
