from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import TimeZoneSelect
from booking.admin.forms import PracticeTimeField, RefusalsAtFieldsForm
from therapists.models import Absence, Closure, Specialism, Therapist, WorkingHours


class ClockInput(forms.TimeInput):
    """A plain time input: the admin's own shows a warning about the server's time."""

    input_type = "time"

    def __init__(self):
        super().__init__(format="%H:%M")


class SpecialismForm(RefusalsAtFieldsForm):
    fields_of_codes = {"unique": "name"}

    class Meta:
        model = Specialism
        fields = ["name"]


class TherapistForm(RefusalsAtFieldsForm):
    """A therapist. An editor links no account that has a right which they lack."""

    fields_of_codes = {"ends_before_start": "any_time_until"}
    # Set by the page.
    editor = None

    class Meta:
        model = Therapist
        fields = "__all__"
        widgets = {
            "time_zone": TimeZoneSelect,
            "any_time_from": ClockInput,
            "any_time_until": ClockInput,
        }

    def clean_user(self):
        user = self.cleaned_data["user"]
        is_new = "user" in self.changed_data
        if is_new and user and not self.editor.has_rights_of(user):
            more = "This account has a right that you lack."
            raise ValidationError(more, code="has_more_rights")
        return user


class WorkingHoursForm(RefusalsAtFieldsForm):
    fields_of_codes = {"empty_window": "end", "inverted": "valid_until"}

    class Meta:
        model = WorkingHours
        fields = ["weekday", "start", "end", "valid_from", "valid_until"]
        widgets = {"start": ClockInput, "end": ClockInput}


class AbsenceForm(RefusalsAtFieldsForm):
    fields_of_codes = {"ends_before_start": "end"}

    start = PracticeTimeField()
    end = PracticeTimeField()

    class Meta:
        model = Absence
        fields = ["therapist", "start", "end"]


class ClosureForm(RefusalsAtFieldsForm):
    fields_of_codes = {"ends_before_start": "end", "unique": "name"}

    class Meta:
        model = Closure
        fields = ["name", "start", "end"]
