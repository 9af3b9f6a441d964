from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from rest_framework.exceptions import APIException, NotFound

from accounts.models import User
from appointments.admin.operations import EDITABLE, get_status_operations, get_steps
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.serializers.appointment_requests import StartField
from appointments.services.add import add
from appointments.services.change import get_snapshot
from appointments.services.locks import lock_diaries
from booking.admin.forms import (
    PracticeTimeField,
    RefusalsAtFieldsForm,
    api_refusals,
)
from booking.api.conditional import Precondition, get_etag
from booking.api.errors import PreconditionFailed
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES

NOT_CANCELLED = ValidationError(
    "Set the status to cancelled to give a reason.", "not_cancelled"
)
NOT_BOOKED = ValidationError(
    "Set the status to booked to book it for this client.", "not_booked"
)
CHANGED_MEANWHILE = ValidationError(
    "This appointment has changed since you opened it. Load the page again.",
    "changed_meanwhile",
)


class AppointmentForm(RefusalsAtFieldsForm):
    """An appointment as staff write it: when it starts, and how long it takes.

    The services write, and they do so while the form is validated: only then can the
    form show what they refuse. The admin's transaction surrounds both.
    """

    # The member of staff; the admin sets it.
    user: User
    fields_of_codes = {"therapist_busy": "start", "client_busy": "client"}

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

    class Meta:
        model = Appointment
        fields = ["therapist", "client", "type", "start", "duration"]

    def clean_start(self):
        start = self.cleaned_data["start"]
        # An appointment that has started can still be completed or corrected.
        if start != self.initial.get("start"):
            with api_refusals():
                StartField().refuse_unplannable(start)
        return start


class AddAppointmentForm(AppointmentForm):
    """A new appointment: available without a client, booked with one."""

    class Meta(AppointmentForm.Meta):
        help_texts = {"client": "Leave it empty to publish an available appointment."}

    def _post_clean(self):
        """Add it, where Django would validate the model."""
        if self.errors:
            return
        values = self.cleaned_data
        try:
            row = add(
                user=self.user,
                therapist_id=values["therapist"].pk,
                client_id=values["client"] and values["client"].pk,
                type=values["type"],
                start=values["start"],
                duration=values["duration"],
            )
        except APIException as refusal:
            self.add_refusal(refusal)
        else:
            self.instance.pk = row.id


class ChangeAppointmentForm(AppointmentForm):
    """Changes of one version of an appointment, which the form carries as its ETag."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta(AppointmentForm.Meta):
        fields = [*AppointmentForm.Meta.fields, "status", "cancellation_reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.snapshot = get_snapshot(self.user, self.instance.pk)
        if self.snapshot is None:
            # An expired hold, which nothing has released yet.
            raise Http404
        self._show_snapshot()
        self._offer_operations()

    def _show_snapshot(self):
        """Show the version of the ETag, which may be newer than the instance."""
        snapshot = self.snapshot
        self.initial |= {
            "therapist": snapshot.therapist_id,
            "client": snapshot.client_id,
            "type": snapshot.type,
            "status": snapshot.status,
            "start": snapshot.start,
            "duration": snapshot.length // timedelta(minutes=1),
            "seen": get_etag(snapshot.etag_version),
        }

    def _offer_operations(self):
        status = self.snapshot.status
        for name, field in self.fields.items():
            editable = EDITABLE.get(status, set()) | {"status", "seen"}
            field.disabled = name not in editable
        if self.fields["start"].disabled:
            # Without its classes, Django adds no links that would type "Today" into it.
            self.fields["start"].widget.attrs["class"] = ""
        # Users who may only view have no such field.
        if "status" in self.fields:
            reachable = [status, *get_status_operations(status)]
            self.fields["status"].choices = [(one, one.label) for one in reachable]

    def clean(self):
        super().clean()
        status, changed = self.cleaned_data.get("status"), self.changed_data
        if "cancellation_reason" in changed and status != Status.CANCELLED:
            self.add_error("cancellation_reason", NOT_CANCELLED)
        is_available = self.snapshot.status == Status.AVAILABLE
        if "client" in changed and is_available and status != Status.BOOKED:
            self.add_error("client", NOT_BOOKED)

    def _post_clean(self):
        """Perform the operations, all or none, where Django would validate the model."""
        precondition = Precondition(self.data.get(self.add_prefix("seen"), ""))
        field = None
        try:
            precondition.check(self.snapshot.etag_version)
            steps = list(self._get_steps())
            with transaction.atomic():
                if len(steps) > 1:
                    self._lock_diaries()
                for step in steps:
                    field = step.field
                    row = step.service(
                        user=self.user,
                        id=self.instance.pk,
                        precondition=precondition,
                        **step.arguments,
                    )
                    precondition = Precondition(get_etag(row.version))
        except APIException as refusal:
            self.add_refusal(refusal, field)

    def _lock_diaries(self):
        """Lock everyone in order: several steps would lock some of them out of order."""
        therapist, client = self.cleaned_data["therapist"], self.cleaned_data["client"]
        lock_diaries(
            therapist_ids=[self.snapshot.therapist_id, therapist.pk],
            client_ids=[self.snapshot.client_id, client and client.pk],
        )

    def _get_steps(self):
        if self.errors:
            return []
        status, changed = self.snapshot.status, set(self.changed_data)
        return get_steps(status, changed, self.cleaned_data)

    def add_refusal(self, refusal, field=None):
        if not isinstance(refusal, PreconditionFailed | NotFound):
            super().add_refusal(refusal, field)
            return
        # Other errors are about a version that is no longer there.
        self.errors.clear()
        self.add_error(None, CHANGED_MEANWHILE)
