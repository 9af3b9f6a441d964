"""What the forms of several apps share."""

from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from rest_framework.exceptions import ValidationError as ApiValidationError

from booking.api.fields import MomentField


class RefusalsAtFieldsForm(forms.ModelForm):
    """A model form that shows what constraints refuse at the field to mend.

    Django knows no field for them and shows them above the form. `refused_at` names
    the field for each code.
    """

    refused_at = {}

    def add_error(self, field, error):
        for refusal in getattr(error, "error_dict", {}).pop(NON_FIELD_ERRORS, []):
            super().add_error(self.refused_at.get(refusal.code), refusal)
        super().add_error(field, error)


@contextmanager
def api_refusals():
    """Refuse in a form what the API refuses, with its codes and words."""
    try:
        yield
    except ApiValidationError as error:
        refusals = [ValidationError(str(d), code=d.code) for d in error.detail]
        raise ValidationError(refusals) from error


class PracticeTimeWidget(AdminSplitDateTime):
    """A date and a time on the practice's clock; with an offset where it is needed."""

    def decompress(self, value):
        if isinstance(value, str):
            value = _read(value)
        if value is None:
            return [None, None]
        try:
            local = value.astimezone(ZoneInfo(settings.PRACTICE_TIME_ZONE))
        except OverflowError:
            # The calendar ends here; only UTC can still say it.
            return [value.date(), value.strftime("%H:%M+00:00")]
        first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
        time = local.strftime("%H:%M")
        if first != second:
            time += local.isoformat()[-6:]
        return [local.date(), time]


def _read(text):
    """Return the moment, or None: whoever writes the address of a form sends anything."""
    try:
        return MomentField().run_validation(text)
    except ApiValidationError:
        return None


class PracticeTimeField(forms.MultiValueField):
    """What the API takes as a moment, as two inputs."""

    widget = PracticeTimeWidget

    def __init__(self, **options):
        super().__init__(fields=[forms.DateField(), forms.CharField()], **options)

    def compress(self, parts):
        date, time = parts
        with api_refusals():
            return MomentField().run_validation(f"{date.isoformat()}T{time.zfill(5)}")
