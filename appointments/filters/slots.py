"""Query parameters of the searches for free times."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django_filters import rest_framework as filters

from accounts.models import validate_time_zone
from appointments.filters.period import PeriodFilterSet, PeriodForm
from booking.api.filters import (
    DayFilter,
    IdFilter,
    StrictFilterSet,
    StrictForm,
    day_start,
)
from therapists.filters import SpecialismsFilterSet
from therapists.models import AppointmentType

MAX_DAYS, FREE_DAYS = 62, 31
FIRST_DAY_HELP = "First day, as YYYY-MM-DD in the practice's time zone."


class ShortPeriodForm(PeriodForm):
    """Takes at most `most_days` days, both ends included."""

    most_days: int
    error_messages = PeriodForm.error_messages | {
        "too_long": "Choose at most {days} days."
    }

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and (end - start).days >= self.most_days:
            self.refuse("end", "too_long", days=self.most_days)
        return cleaned


class SlotFilterForm(ShortPeriodForm):
    most_days = MAX_DAYS
    error_messages = ShortPeriodForm.error_messages | {
        "needs_per_day": "Give it together with per_day.",
        "excludes_per_day": "Give it without per_day.",
    }

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("time_zone") and not cleaned.get("per_day"):
            self.refuse("time_zone", "needs_per_day")
        if cleaned.get("ignore_appointment") and cleaned.get("per_day"):
            self.refuse("ignore_appointment", "excludes_per_day")
        return cleaned


class SlotFilterSet(PeriodFilterSet):
    """The parameters of the slot search; `slots` has their conditions."""

    start = DayFilter(required=True, help_text=FIRST_DAY_HELP)
    end = DayFilter(
        required=True, help_text=f"Last day, included; at most {MAX_DAYS} days."
    )
    type = filters.ChoiceFilter(choices=AppointmentType.choices, required=True)
    per_day = filters.ChoiceFilter(
        choices=[("first", "first"), ("count", "count")],
        help_text="A row for each day and therapist, with the first slot of the day "
        "(`first`) or also with their number (`count`), which takes longer.",
    )
    time_zone = filters.CharFilter(
        validators=[validate_time_zone],
        help_text="The IANA time zone whose days `per_day`, `start` and `end` are; the "
        "practice's without it.",
    )

    ignore_appointment = IdFilter(
        help_text="The id of an appointment that you may move: search as if it were not "
        "there, for the times to which it can be moved. Needs a token."
    )

    class Meta:
        form = SlotFilterForm

    @classmethod
    def read_days(cls, parameters) -> dict[str, Any]:
        """Return the arguments of `days.find_page`, if the request asks for days."""
        cleaned = cls.validate(parameters)
        return {
            "first_day": cleaned["start"],
            "last_day": cleaned["end"],
            "zone": cleaned["time_zone"] or settings.PRACTICE_TIME_ZONE,
            "counts": cleaned["per_day"] == "count",
        }


class FreeForm(ShortPeriodForm):
    most_days = FREE_DAYS


class FreeFilterSet(StrictFilterSet):
    """The period of the search for free stretches."""

    start = DayFilter(required=True, help_text=FIRST_DAY_HELP)
    end = DayFilter(
        required=True, help_text=f"Last day, included; at most {FREE_DAYS} days."
    )

    class Meta:
        form = FreeForm

    @classmethod
    def read_period(cls, parameters) -> dict[str, datetime]:
        """Return the moments at which the period starts and ends."""
        days = cls.validate(parameters)
        return {
            "start": day_start(days["start"]),
            "end": day_start(days["end"] + timedelta(days=1)),
        }


class NextSlotsFilterSet(SpecialismsFilterSet):
    """The parameters of the search for the first slot of each therapist."""

    type = filters.ChoiceFilter(choices=AppointmentType.choices, required=True)


class NextSlotForm(StrictForm):
    """There is one next slot, and so no page of them."""

    pagination_parameters = frozenset()


class NextSlotFilterSet(StrictFilterSet):
    type = filters.ChoiceFilter(choices=AppointmentType.choices, required=True)

    class Meta:
        form = NextSlotForm
