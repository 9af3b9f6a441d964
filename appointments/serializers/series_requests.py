"""What somebody sends about a series, and what an answer shows of it."""

from rest_framework import serializers

from appointments.models.series import (
    FEWEST_OCCURRENCES,
    MOST_OCCURRENCES,
    MOST_WEEKS_BETWEEN,
)
from appointments.models.statuses import CancellationReason
from appointments.serializers.appointment_requests import LOCAL, StartField
from booking.api.fields import IdField, MomentField
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES, AppointmentType


class SeriesWishSerializer(serializers.Serializer):
    """A series to book, or to try out."""

    therapist_id = IdField(help_text="The id of the therapist.")
    type = serializers.ChoiceField(choices=AppointmentType.choices)
    start = StartField(help_text=f"The first date. {LOCAL}")
    duration = serializers.IntegerField(
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        required=False,
        allow_null=True,
        help_text="Minutes; without it, what the therapist offers.",
    )
    every_weeks = serializers.IntegerField(
        min_value=1, max_value=MOST_WEEKS_BETWEEN, help_text="1 is every week."
    )
    count = serializers.IntegerField(
        min_value=FEWEST_OCCURRENCES,
        max_value=MOST_OCCURRENCES,
        help_text="How many dates.",
    )
    client_id = IdField(
        required=False,
        allow_null=True,
        help_text="For staff and the therapist, who have to: whom to book it for.",
    )


class SeriesBookingSerializer(SeriesWishSerializer):
    on_conflict = serializers.ChoiceField(
        choices=["refuse", "skip"],
        required=False,
        help_text="Whether a date that cannot be refuses all of them (`refuse`, the "
        "default), or is left out.",
    )


class FromField(MomentField):
    def __init__(self):
        super().__init__(
            source="from_",
            required=False,
            allow_null=True,
            help_text="The first moment that counts; without it, all dates to come do.",
        )


class SeriesMoveSerializer(serializers.Serializer):
    start = StartField(help_text=f"Where the first of the moved dates goes. {LOCAL}")
    # `from` is no name in Python.
    vars()["from"] = FromField()


class SeriesCancellationSerializer(serializers.Serializer):
    reason = serializers.ChoiceField(choices=CancellationReason.choices, required=False)
    vars()["from"] = FromField()
