"""Query parameters of the searches for slots."""

from typing import Any

from django.conf import settings
from django_filters import rest_framework as filters

from accounts.models import validate_time_zone
from appointments.filters.period import PeriodFilterSet, PeriodForm
from booking.api.filters import DayFilter, IdFilter, StrictFilterSet, StrictForm
from therapists.filters import SpecialismsFilterSet
from therapists.models import AppointmentType

MAX_DAYS = 62


class SlotFilterForm(PeriodForm):
    error_messages = PeriodForm.error_messages | {
        "too_long": f"Choose at most {MAX_DAYS} days.",
        "needs_per_day": "Give it together with per_day.",
        "excludes_per_day": "Give it without per_day.",
    }

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("time_zone") and not cleaned.get("per_day"):
            self.refuse("time_zone", "needs_per_day")
        if cleaned.get("ignore_appointment") and cleaned.get("per_day"):
            self.refuse("ignore_appointment", "excludes_per_day")
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and (end - start).days >= MAX_DAYS:
            self.refuse("end", "too_long")
        return cleaned


class SlotFilterSet(PeriodFilterSet):
    """The parameters of the slot search; `slots` has their conditions."""

    start = DayFilter(
        required=True, help_text="First day, as YYYY-MM-DD in the practice's time zone."
    )
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
