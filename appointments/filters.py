from datetime import timedelta

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from psycopg.types.numeric import Int8

from appointments.models.statuses import Status
from booking.api.filters import (
    DayFilter,
    IdFilter,
    StrictFilterSet,
    StrictForm,
    day_start,
)
from therapists.filters import SpecialismsFilterSet
from therapists.models import AppointmentType

MOST_DAYS = 62


class AppointmentFilterForm(StrictForm):
    def clean(self):
        cleaned = super().clean()
        for name, other in (("start", "end"), ("end", "start")):
            missing = not self.data.get(other) and other not in self.errors
            if cleaned.get(name) and missing:
                together = f"Give it together with {name}."
                self.add_error(other, ValidationError(together, code="required"))
        if self.is_inverted():
            late = ValidationError("Must not be before the start.", code="inverted")
            self.add_error("end", late)
        return cleaned

    def is_inverted(self):
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        return bool(start and end and end < start)


class AppointmentFilterSet(SpecialismsFilterSet):
    """The parameters of the list; `listing` reads what they ask for."""

    start = DayFilter(
        help_text="First day, as YYYY-MM-DD in the practice's time zone; with `end`."
    )
    end = DayFilter(help_text="Last day, included; with `start`.")
    type = filters.ChoiceFilter(choices=AppointmentType.choices)
    therapist_id = IdFilter(help_text="The id of one therapist.")
    status = filters.ChoiceFilter(choices=Status.choices)

    class Meta:
        form = AppointmentFilterForm

    @classmethod
    def wanted(cls, parameters):
        """Return what is asked for, in the terms of `listing.visible`."""
        asked = cls.validate(parameters)
        wanted = {name: asked[name] for name in ("type", "status") if asked.get(name)}
        if asked["therapist_id"]:
            wanted["therapist_id"] = Int8(asked["therapist_id"])
        if asked["start"]:
            wanted["start"] = day_start(asked["start"])
            wanted["end"] = day_start(asked["end"] + timedelta(days=1))
        if asked["specialisms"]:
            match_all = asked["specialisms_match"] == "all"
            names = {name.lower() for name in asked["specialisms"]}
            wanted["all_specialisms" if match_all else "specialisms"] = sorted(names)
        return wanted


class SlotFilterForm(AppointmentFilterForm):
    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and (end - start).days >= MOST_DAYS:
            long = ValidationError(
                f"Ask for at most {MOST_DAYS} days.", code="too_long"
            )
            self.add_error("end", long)
        return cleaned


class SlotFilterSet(AppointmentFilterSet):
    """The parameters of the search; `slots` finds what they ask for."""

    start = DayFilter(
        required=True, help_text="First day, as YYYY-MM-DD in the practice's time zone."
    )
    end = DayFilter(
        required=True, help_text=f"Last day, included; at most {MOST_DAYS} days."
    )
    type = filters.ChoiceFilter(choices=AppointmentType.choices, required=True)
    status = None

    class Meta:
        form = SlotFilterForm


class NextSlotFilterForm(StrictForm):
    """There is one next slot: nothing to page through."""

    pagination_parameters = frozenset()


class NextSlotFilterSet(StrictFilterSet):
    type = filters.ChoiceFilter(choices=AppointmentType.choices, required=True)

    class Meta:
        form = NextSlotFilterForm
