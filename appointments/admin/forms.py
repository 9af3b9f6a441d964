from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from appointments.errors import NotStarted
from appointments.models import Appointment
from appointments.models.statuses import CONCLUDED, Status
from appointments.serializers.appointment_requests import StartField
from appointments.services import holds
from appointments.services.locks import lock_diaries
from booking.admin.forms import (
    PracticeTimeField,
    RefusalsAtFieldsForm,
    api_refusals,
)
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES


class AppointmentForm(RefusalsAtFieldsForm):
    """An appointment as staff write it: when it starts, and how long it takes."""

    fields_of_codes = {
        "therapist_busy": "start",
        "not_whole_minutes": "start",
        "wrong_duration": "duration",
        "ends_before_start": "duration",
        "client_busy": "client",
        "client_and_status": "client",
    }

    start = PracticeTimeField(
        help_text="A time that occurs twice, as the clocks go back, needs an offset: "
        "01:30+00:00."
    )
    duration = forms.IntegerField(
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        initial=60,
        help_text="Minutes, without the break.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Appointment
        fields = [
            "therapist",
            "client",
            "type",
            "status",
            "cancellation_reason",
            "start",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            length = self.instance.end - self.instance.start
            self.initial["duration"] = length // timedelta(minutes=1)
            self.initial["seen"] = self.instance.updated_at.isoformat()
        if self.instance.status != Status.HELD:
            # A hold would soon be over, and what was booked with it.
            choices = [one for one in Status.choices if one[0] != Status.HELD]
            self.fields["status"].choices = choices

    def clean_start(self):
        start = self.cleaned_data["start"]
        # What is over can still be completed or corrected.
        if start != self.instance.start:
            with api_refusals():
                StartField().refuse_unplannable(start)
        return start

    def clean(self):
        super().clean()
        if self._knows_its_period():
            minutes = self.cleaned_data["duration"]
            self.instance.end = self.cleaned_data["start"] + timedelta(minutes=minutes)
            self._refuse_an_early_end()
        if not self.errors:
            self._lock()
            self._refuse_what_changed_meanwhile()
            self._mark_exception()

    def _refuse_an_early_end(self):
        status = self.cleaned_data.get("status")
        if status in CONCLUDED and timezone.now() < self.cleaned_data["start"]:
            early = ValidationError(NotStarted.default_detail, NotStarted.default_code)
            self.add_error("status", early)

    def _knows_its_period(self):
        return {"start", "duration"} <= self.cleaned_data.keys()

    def _lock(self):
        """Queue with those who book, so that what is validated now stays true."""
        before, client = self.instance, self.cleaned_data["client"]
        therapist = self.cleaned_data["therapist"]
        client_ids = {before.client_id, client and client.pk} - {None}
        lock_diaries(
            therapist_ids={before.therapist_id, therapist.pk}, client_ids=client_ids
        )
        holds.release_expired(therapist_ids=[therapist.pk], client_ids=list(client_ids))

    def _refuse_what_changed_meanwhile(self):
        # Saving what was shown before would undo a booking made since.
        if self.instance.pk is None:
            return
        # Of operations on it, some take only its row.
        rows = Appointment.objects.select_for_update(no_key=True)
        stored = rows.values_list("updated_at", flat=True)
        now = stored.filter(pk=self.instance.pk).first()
        if now is None or now.isoformat() != self.cleaned_data["seen"]:
            raise ValidationError(
                "Somebody changed this appointment meanwhile. Load the page again.",
                code="changed_meanwhile",
            )

    def _mark_exception(self):
        """What is moved or cancelled here is so apart from its series.

        With another client, or none, it is no part of the series any more.
        """
        if self.instance.series_id and "client" in self.changed_data:
            self.instance.series = self.instance.occurrence = None
            self.instance.is_exception = False
        if self.instance.series_id and {"start", "duration", "therapist"} & set(
            self.changed_data
        ):
            self.instance.is_exception = True
        if self.instance.series_id and self.cancels():
            self.instance.is_exception = True

    def cancels(self):
        """Tell whether the form cancels what is not cancelled yet."""
        return (
            "status" in self.changed_data
            and self.cleaned_data["status"] == Status.CANCELLED
        )

    def _get_validation_exclusions(self):
        """The constraints are about the computed `end` and `busy_until` too."""
        excluded = super()._get_validation_exclusions()
        # Django cannot validate the overlaps without the status in their condition.
        whole = self._knows_its_period() and "status" in self.cleaned_data
        computed = {"end", "busy_until"} if whole else set()
        return excluded - computed
