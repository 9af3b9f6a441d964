from django import forms

from accounts.forms import TimeZoneSelect
from booking.admin.forms import PracticeTimeField, RefusalsAtFieldsForm
from therapists.models import Absence, Closure, Specialism, Therapist, WorkingHours


class SpecialismForm(RefusalsAtFieldsForm):
    fields_of_codes = {"unique": "name"}

    class Meta:
        model = Specialism
        fields = ["name"]


class TherapistForm(RefusalsAtFieldsForm):
    class Meta:
        model = Therapist
        fields = "__all__"
        widgets = {"time_zone": TimeZoneSelect}


class ClockInput(forms.TimeInput):
    """A plain time input: the admin's own shows a warning about the server's time."""

    input_type = "time"

    def __init__(self):
        super().__init__(format="%H:%M")


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
