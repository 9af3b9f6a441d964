from django_filters import rest_framework as filters

from booking.api.filters import NamesFilter, SearchFilter, StrictFilterSet
from therapists.models import AppointmentType


class TherapistFilterSet(StrictFilterSet):
    specialisms = NamesFilter(
        method="with_specialisms",
        help_text="Names separated by commas, whatever their case.",
    )
    specialisms_match = filters.ChoiceFilter(
        choices=[("any", "any"), ("all", "all")],
        method="nothing",
        help_text="Whether one of the specialisms is enough (`any`, the default).",
    )
    type = filters.ChoiceFilter(
        choices=AppointmentType.choices,
        method="offering",
        help_text="Only therapists who offer this type of appointment.",
    )
    search = SearchFilter("name", help_text="A part of the therapist's name.")

    def with_specialisms(self, therapists, name, names):
        match = self.form.cleaned_data["specialisms_match"]
        return therapists.with_specialisms(names, all_of_them=match == "all")

    def nothing(self, therapists, name, value):
        """Read by `with_specialisms`."""
        return therapists

    def offering(self, therapists, name, type):
        return therapists.offering(type)


class SpecialismFilterSet(StrictFilterSet):
    search = SearchFilter("name", help_text="A part of the specialism's name.")
