"""Base forms and fields for the admin of all apps."""

from contextlib import contextmanager

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as ApiValidationError

from booking.api.fields import MomentField
from booking.time_zones import to_practice_clock


class RefusalsAtFieldsForm(forms.ModelForm):
    """A model form that shows what a constraint or a service refuses at its field.

    Django shows errors of constraints above the form. `fields_of_codes` has the field of
    each error code.
    """

    fields_of_codes = {}

    def add_error(self, field, error):
        for refusal in getattr(error, "error_dict", {}).pop(NON_FIELD_ERRORS, []):
            super().add_error(self.fields_of_codes.get(refusal.code), refusal)
        super().add_error(field, error)

    def add_refusal(self, refusal: APIException, field: str | None = None):
        """Show every sentence of a service's refusal at its own field, or at the given."""
        for own_field, details in _get_details(refusal):
            for detail in details:
                at = self.fields_of_codes.get(detail.code) or own_field or field
                error = ValidationError(str(detail), code=detail.code)
                self.add_error(at if at in self.fields else None, error)


def _get_details(refusal):
    """Yield the fields that the refusal names, or None, each with its sentences."""
    detail = refusal.detail
    if isinstance(detail, dict):
        for parameter, details in detail.items():
            yield parameter.removesuffix("_id"), details
    else:
        yield None, detail if isinstance(detail, list) else [detail]


@contextmanager
def api_refusals():
    """Turn a validation error of the API into one of a form, with the same codes."""
    try:
        yield
    except ApiValidationError as error:
        refusals = [ValidationError(str(d), code=d.code) for d in error.detail]
        raise ValidationError(refusals) from error


class PracticeTimeWidget(AdminSplitDateTime):
    """A date and a time in the practice's time zone, with its offset if ambiguous."""

    def decompress(self, value):
        if isinstance(value, str):
            value = _parse(value)
        if value is None:
            return [None, None]
        return list(to_practice_clock(value))


def _parse(text):
    """Return the moment, or None: the URL of a form can contain any text."""
    try:
        return MomentField().run_validation(text)
    except ApiValidationError:
        return None


class PracticeTimeField(forms.MultiValueField):
    """A moment as the API accepts it, in two inputs."""

    widget = PracticeTimeWidget

    def __init__(self, **options):
        super().__init__(fields=[forms.DateField(), forms.CharField()], **options)

    def compress(self, parts):
        date, time = parts
        with api_refusals():
            return MomentField().run_validation(f"{date.isoformat()}T{time.zfill(5)}")
