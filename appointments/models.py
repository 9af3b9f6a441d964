from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from appointments.periods import Period, WholeMinute
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES, AppointmentType


class Status(models.TextChoices):
    AVAILABLE = "available"
    HELD = "held"
    BOOKED = "booked"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


WITH_CLIENT = [Status.HELD, Status.BOOKED, Status.COMPLETED, Status.NO_SHOW]
OCCUPIES = ~Q(status=Status.CANCELLED)


class Appointment(models.Model):
    """A stretch of one therapist's diary, published or taken by a client."""

    therapist = models.ForeignKey(
        "therapists.Therapist",
        on_delete=models.PROTECT,
        related_name="appointments",
        db_index=False,
    )
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="appointments",
        null=True,
        blank=True,
        db_index=False,
        help_text="Empty while the appointment is published for anyone to take.",
    )
    type = models.CharField(max_length=20, choices=AppointmentType)
    status = models.CharField(max_length=20, choices=Status)
    start = models.DateTimeField()
    end = models.DateTimeField()
    busy_until = models.DateTimeField(
        editable=False,
        help_text="The end and the therapist's break when the appointment was made.",
    )
    overridden = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=[],
        editable=False,
        help_text="The rules outside which staff or the therapist added it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["start", "id"]
        indexes = [
            models.Index(fields=["start", "id"], name="appointment_by_start"),
            models.Index(
                fields=["therapist", "start", "id"], name="appointment_by_therapist"
            ),
            models.Index(
                fields=["client", "start", "id"], name="appointment_by_client"
            ),
            models.Index(
                fields=["start", "id"],
                name="appointment_available",
                condition=Q(status=Status.AVAILABLE),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end")),
                name="appointment_ends_after_it_starts",
                violation_error_code="ends_before_start",
                violation_error_message="It must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(end__gte=F("start") + timedelta(minutes=SHORTEST_MINUTES))
                & Q(end__lte=F("start") + timedelta(minutes=LONGEST_MINUTES)),
                name="appointment_duration_within_bounds",
                violation_error_code="wrong_duration",
                violation_error_message=f"It must take {SHORTEST_MINUTES} to "
                f"{LONGEST_MINUTES} minutes.",
            ),
            models.CheckConstraint(
                condition=Q(start=WholeMinute("start"), end=WholeMinute("end")),
                name="appointment_in_whole_minutes",
                violation_error_code="not_whole_minutes",
                violation_error_message="It must start and end on a whole minute.",
            ),
            models.CheckConstraint(
                condition=Q(busy_until__gte=F("end")),
                name="appointment_busy_until_its_end_or_later",
            ),
            models.CheckConstraint(
                condition=Q(type__in=AppointmentType.values),
                name="appointment_type_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.AVAILABLE, client=None)
                | Q(status__in=WITH_CLIENT, client__isnull=False)
                | Q(status=Status.CANCELLED),
                name="appointment_has_a_client_where_its_status_has_one",
                violation_error_code="client_and_status",
                violation_error_message="An available appointment has no client; "
                "a held, booked, completed or missed one has.",
            ),
            ExclusionConstraint(
                name="appointment_therapist_overlap",
                expressions=[
                    ("therapist", RangeOperators.EQUAL),
                    (Period("start", "busy_until"), RangeOperators.OVERLAPS),
                ],
                condition=OCCUPIES,
                violation_error_code="therapist_busy",
                violation_error_message="The therapist is busy at that time.",
            ),
            ExclusionConstraint(
                name="appointment_client_overlap",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    (Period("start", "end"), RangeOperators.OVERLAPS),
                ],
                condition=OCCUPIES,
                violation_error_code="client_busy",
                violation_error_message="The client is busy at that time.",
            ),
        ]

    def __str__(self):
        return f"{self.therapist}, {self.start:%Y-%m-%d %H:%M} UTC, {self.status}"

    def clean(self):
        """Set `busy_until`; refuse a therapist as a client of their own."""
        if self.therapist_id is None or self.end is None:
            # A period without an end would overlap whatever comes later.
            self.busy_until = self.end or self.start
            return
        self.busy_until = self.end + self._break()
        if self.client_id and self.client_id == self.therapist.user_id:
            both = "Nobody is client and therapist of one appointment."
            raise ValidationError({"client": ValidationError(both, "own_therapist")})

    def _break(self):
        """The break that held when the appointment was made with this therapist."""
        made = Appointment.objects.filter(pk=self.pk, therapist=self.therapist_id)
        for end, busy_until in made.values_list("end", "busy_until"):
            return busy_until - end
        return self.therapist.break_after
