"""Query parameters of the list of appointments and of the slot search."""

from datetime import timedelta
from typing import Any

from django_filters import rest_framework as filters

from appointments.models.statuses import Status
from appointments.sql import BOOKABLE
from booking.api.filters import (
    DayFilter,
    IdFilter,
    StrictFilterSet,
    StrictForm,
    day_start,
)
from booking.statements import Condition
from therapists.filters import SpecialismsFilterSet
from therapists.models import AppointmentType

MAX_DAYS = 62


class PeriodForm(StrictForm):
    """Takes `start` and `end` together, in this order."""

    error_messages = StrictForm.error_messages | {
        "required": "Give it together with {other}.",
        "inverted": "Must not be before the start.",
    }

    def clean(self):
        cleaned = super().clean()
        for name, other in (("start", "end"), ("end", "start")):
            missing = not self.data.get(other) and other not in self.errors
            if cleaned.get(name) and missing:
                self.refuse(other, "required", other=name)
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.refuse("end", "inverted")
        return cleaned


class PeriodFilterSet(SpecialismsFilterSet):
    """The parameters that the list and the search have in common."""

    start = DayFilter(
        help_text="First day, as YYYY-MM-DD in the practice's time zone; with `end`."
    )
    end = DayFilter(help_text="Last day, included; with `start`.")
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
        cleaned = cls.validate(parameters)
        names = ("type", "status", "therapist_id")
        values = {name: cleaned[name] for name in names if cleaned.get(name)}
        if cleaned["start"]:
            values["start"] = day_start(cleaned["start"])
            values["end"] = day_start(cleaned["end"] + timedelta(days=1))
        if cleaned["specialisms"]:
            match_all = cleaned["specialisms_match"] == "all"
            lowered = {name.lower() for name in cleaned["specialisms"]}
            values["all_specialisms" if match_all else "specialisms"] = sorted(lowered)
        return values


# Without any therapist, EXISTS ends the list at once. IS TRUE keeps PostgreSQL from
# joining the specialists, which would look for them again with every appointment.
BY_SPECIALIST = """EXISTS (SELECT FROM specialist)
       AND (a.therapist_id IN (SELECT therapist_id FROM specialist)) IS TRUE"""
WITH_ANY_SPECIALISM = """specialist AS MATERIALIZED (
    -- therapists with one of the specialisms, read once for all appointments
    SELECT link.therapist_id
      FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE lower(s.name) = ANY(%(specialisms)s)
)"""
WITH_ALL_SPECIALISMS = """specialist AS MATERIALIZED (
    -- therapists with all of the specialisms, read once for all appointments
    SELECT link.therapist_id
      FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE lower(s.name) = ANY(%(all_specialisms)s)
     GROUP BY link.therapist_id
    HAVING count(*) = cardinality(%(all_specialisms)s)
)"""


class AppointmentFilterSet(PeriodFilterSet):
    """The parameters of the list, with the condition of each on an appointment `a`."""

    status = filters.ChoiceFilter(choices=Status.choices)

    conditions = {
        "start": "a.start >= %(start)s",
        "end": "a.start < %(end)s",
        "type": "a.type = %(type)s",
        "therapist_id": "a.therapist_id = %(therapist_id)s",
        # In the text, so that PostgreSQL follows the index of this status.
        **{status: f"a.status = '{status}'" for status in Status},
        # Two statuses depend on whether a hold has expired.
        Status.AVAILABLE: BOOKABLE,
        Status.HELD: f"a.status = '{Status.HELD}' AND a.hold_expires_at > %(now)s",
        "specialisms": BY_SPECIALIST,
        "all_specialisms": BY_SPECIALIST,
    }
    tables = {
        "specialisms": WITH_ANY_SPECIALISM,
        "all_specialisms": WITH_ALL_SPECIALISMS,
    }

    @classmethod
    def get_conditions(cls, parameters) -> list[Condition]:
        """Return the conditions of the list for `visibility.get_page`."""
        return [
            cls._get_condition(name, value)
            for name, value in cls.read_filters(parameters).items()
        ]

    @classmethod
    def _get_condition(cls, name, value):
        key = value if name == "status" else name
        table = cls.tables.get(name, "")
        return Condition(key, cls.conditions[key], {name: value}, table)


class SlotFilterForm(PeriodForm):
    error_messages = PeriodForm.error_messages | {
        "too_long": f"Choose at most {MAX_DAYS} days.",
    }

    def clean(self):
        cleaned = super().clean()
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

    class Meta:
        form = SlotFilterForm


class NextSlotForm(StrictForm):
    """There is one next slot, and so no page of them."""

    pagination_parameters = frozenset()


class NextSlotFilterSet(StrictFilterSet):
    type = filters.ChoiceFilter(choices=AppointmentType.choices, required=True)

    class Meta:
        form = NextSlotForm
