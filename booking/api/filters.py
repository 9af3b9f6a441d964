"""Strict query parameters: unknown, repeated and malformed ones are refused."""

import re
from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models.functions import Lower
from django_filters import rest_framework as filters
from django_filters.utils import translate_validation
from drf_spectacular.utils import extend_schema_field

from booking.api.fields import LARGEST_ID
from booking.api.pagination import PAGINATION_PARAMETERS

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
MAX_NAMES = 50


class StrictForm(forms.Form):
    """Refuses unknown and repeated parameters, and names each of them."""

    pagination_parameters = PAGINATION_PARAMETERS
    repeatable = frozenset()
    # The codes with which a form refuses, for the OpenAPI document too.
    error_messages = {
        "unknown_parameter": "Unknown parameter.",
        "repeated": "Give it once.",
    }

    def clean(self):
        known = self.fields.keys() | self.pagination_parameters
        for name in self.data:
            if name not in known:
                self.refuse(name, "unknown_parameter")
            elif name not in self.repeatable and len(self.data.getlist(name)) > 1:
                self.refuse(name, "repeated")
        return super().clean()

    def refuse(self, name, code, **values):
        """Refuse a parameter with a code, and a text, of `error_messages`."""
        error = ValidationError(self.error_messages[code].format(**values), code=code)
        self.cleaned_data.pop(name, None)
        self._errors[name] = self.error_class([error])


class SharedFields(dict):
    """Form fields without a copy for each form: these forms never change a field."""

    def __deepcopy__(self, memo):
        return self


class ListFilters(filters.DjangoFilterBackend):
    """Filters lists only: no parameter hides a single row read by its id."""

    def filter_queryset(self, request, queryset, view):
        if view.detail:
            return queryset
        return super().filter_queryset(request, queryset, view)


class StrictFilterSet(filters.FilterSet):
    class Meta:
        form = StrictForm

    @classmethod
    @cache
    def form_class(cls):
        fields = {name: f.field for name, f in cls.base_filters.items()}
        for field in fields.values():
            _name_choices(field)
        form = type(f"{cls.__name__}Form", (cls._meta.form,), fields)
        form.base_fields = SharedFields(form.base_fields)
        return form

    def get_form_class(self):
        return self.form_class()

    @classmethod
    def validate(cls, parameters):
        """Return the validated parameters, for lists that are not QuerySets."""
        form = cls.form_class()(parameters)
        if not form.is_valid():
            raise translate_validation(form.errors)
        return form.cleaned_data


class DayField(forms.DateField):
    def to_python(self, value):
        if value and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            raise ValidationError("Write it like 2027-06-06.", code="invalid")
        return super().to_python(value)


class DayFilter(filters.DateFilter):
    """A day in the practice's time zone, as YYYY-MM-DD."""

    field_class = DayField

    def __init__(self, **options):
        bounds = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(validators=bounds, input_formats=["%Y-%m-%d"], **options)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdFilter(filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, **options):
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)


class NamesField(forms.CharField):
    default_error_messages = {"too_many": f"At most {MAX_NAMES} names."}

    def clean(self, value):
        names = [name.strip() for name in super().clean(value).split(",")]
        if len(names) > MAX_NAMES:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        return [name for name in names if name]


@extend_schema_field(
    {"type": "string", "description": "Names separated by commas, in any case."}
)
class NamesFilter(filters.Filter):
    field_class = NamesField


def _name_choices(field):
    if isinstance(field, forms.ChoiceField):
        names = ", ".join(str(value) for value, _ in field.choices if value)
        field.error_messages["invalid_choice"] = f"Choose one of: {names}."


class ChoicesWidget(forms.SelectMultiple):
    """Reads a parameter that is given several times, or with commas."""

    def value_from_datadict(self, data, files, name):
        values = ",".join(data.getlist(name)).split(",")
        return [value.strip() for value in values if value.strip()]


class ChoicesFilter(filters.MultipleChoiceFilter):
    """Any of some choices, several times or separated by commas.

    The form must have its name in `repeatable`.
    """

    def __init__(self, **options):
        super().__init__(widget=ChoicesWidget, **options)


@extend_schema_field({"type": "boolean"})
class FlagFilter(filters.ChoiceFilter):
    """Either `true` or `false`."""

    def __init__(self, **options):
        super().__init__(choices=[("true", "true"), ("false", "false")], **options)


class SearchFilter(filters.CharFilter):
    """Matches a part of a text, ignoring case in every alphabet."""

    def filter(self, rows, text):
        if not text:
            return rows
        # Not icontains, which lower-cases the parameter by the database's locale and
        # the stored text by its column's collation.
        lowered = rows.alias(lowered=Lower(self.field_name))
        return lowered.filter(lowered__contains=text.lower())


def day_start(day):
    """Return the moment at which the day starts in the practice's time zone."""
    return datetime.combine(day, time(), ZoneInfo(settings.PRACTICE_TIME_ZONE))
