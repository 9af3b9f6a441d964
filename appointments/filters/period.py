"""The parameters that the list of appointments and the slot search have in common."""

from datetime import timedelta
from typing import Any

from django_filters import rest_framework as filters

from booking.api.filters import DayFilter, IdFilter, StrictForm, day_start
from therapists.filters import SpecialismsFilterSet
from therapists.models import AppointmentType


class PeriodForm(StrictForm):
    """Takes `start` and `end` in this order, or one of them."""

    error_messages = StrictForm.error_messages | {
        "inverted": "Must not be before the start.",
    }

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.refuse("end", "inverted")
        return cleaned


class PeriodFilterSet(SpecialismsFilterSet):
    """The parameters that the list and the search have in common."""

    start = DayFilter(help_text="First day, as YYYY-MM-DD in the practice's time zone.")
    end = DayFilter(help_text="Last day, included.")
    type = filters.ChoiceFilter(choices=AppointmentType.choices)
    therapist_id = IdFilter(help_text="The id of one therapist.")

    class Meta:
        form = PeriodForm

    @classmethod
    def read_filters(cls, parameters) -> dict[str, Any]:
        """Return the values of the filters that the request sets.

        `start` and `end` are the moments between which an appointment starts. The names
        of specialisms are in lower case: `specialisms` if one of them is enough,
        `all_specialisms` if all are required.
        """
        values = cls.validate(parameters)
        values = {name: value for name, value in values.items() if value}
        if "start" in values:
            values["start"] = day_start(values["start"])
        if "end" in values:
            values["end"] = day_start(values["end"] + timedelta(days=1))
        match = values.pop("specialisms_match", "any")
        if names := values.pop("specialisms", None):
            key = "all_specialisms" if match == "all" else "specialisms"
            values[key] = sorted({name.lower() for name in names})
        return values
