from django_filters import rest_framework as filters

from booking.api.filters import NamesFilter, SearchFilter, StrictFilterSet
from therapists.models import AppointmentType


class SpecialismsFilterSet(StrictFilterSet):
    """The parameters of lists that can be filtered by specialism."""

    specialisms = NamesFilter(help_text="Names separated by commas, in any case.")
    specialisms_match = filters.ChoiceFilter(
        choices=[("any", "any"), ("all", "all")],
        help_text="Match `any` of the specialisms (the default), or `all`.",
    )


class TherapistFilterSet(SpecialismsFilterSet):
    type = filters.ChoiceFilter(
        choices=AppointmentType.choices,
        help_text="Only therapists who offer this type of appointment.",
    )
    search = SearchFilter("name", help_text="A part of the therapist's name.")

    def filter_queryset(self, therapists):
        parameters = self.form.cleaned_data
        if parameters["specialisms"]:
            match_all = parameters["specialisms_match"] == "all"
            therapists = therapists.with_specialisms(
                parameters["specialisms"], all_of_them=match_all
            )
        if parameters["type"]:
            therapists = therapists.offering(parameters["type"])
        return self.filters["search"].filter(therapists, parameters["search"])


class SpecialismFilterSet(StrictFilterSet):
    search = SearchFilter("name", help_text="A part of the specialism's name.")
