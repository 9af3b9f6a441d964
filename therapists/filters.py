from django_filters import rest_framework as filters

from booking.api.filters import NamesFilter, SearchFilter, StrictFilterSet
from therapists.models import AppointmentType


class SpecialismsFilterSet(StrictFilterSet):
    """The two parameters of whatever is found by specialisms."""

    specialisms = NamesFilter(
        help_text="Names separated by commas, whatever their case."
    )
    specialisms_match = filters.ChoiceFilter(
        choices=[("any", "any"), ("all", "all")],
        help_text="Whether one of the specialisms is enough (`any`, the default).",
    )


class TherapistFilterSet(SpecialismsFilterSet):
    type = filters.ChoiceFilter(
        choices=AppointmentType.choices,
        help_text="Only therapists who offer this type of appointment.",
    )
    search = SearchFilter("name", help_text="A part of the therapist's name.")

    def filter_queryset(self, therapists):
        asked = self.form.cleaned_data
        if asked["specialisms"]:
            match_all = asked["specialisms_match"] == "all"
            therapists = therapists.with_specialisms(
                asked["specialisms"], all_of_them=match_all
            )
        if asked["type"]:
            therapists = therapists.offering(asked["type"])
        return self.filters["search"].filter(therapists, asked["search"])


class SpecialismFilterSet(StrictFilterSet):
    search = SearchFilter("name", help_text="A part of the specialism's name.")
