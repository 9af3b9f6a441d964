from datetime import timedelta

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from appointments.constraints import LIFE, ON_OFFER, OVERLAP, PERIOD
from appointments.querysets import SeriesQuerySet
from appointments.states import CONCLUDED, CancellationReason, Party, Status
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES, AppointmentType

MOST_WEEKS_BETWEEN = 8
FEWEST_OCCURRENCES, MOST_OCCURRENCES = 2, 52


def kept(model):
    """Keep every change in a table of events, by triggers: raw SQL's too.

    Triggers also refuse to change what was kept. Who made a change is in the setting
    that `appointments.history` fills.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,
    )(model)


@kept
class Series(models.Model):
    """A client's appointments with one therapist at the same local time every so often.

    `start` is the first date as it was asked for. The appointments tell what became of
    each; one that was moved or cancelled by itself keeps its place as an exception.
    """

    therapist = models.ForeignKey(
        "therapists.Therapist",
        on_delete=models.PROTECT,
        related_name="series",
        db_index=False,
    )
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="series",
        db_index=False,
    )
    type = models.CharField(max_length=20, choices=AppointmentType)
    start = models.DateTimeField()
    duration = models.PositiveSmallIntegerField(
        validators=[
            MinValueValidator(SHORTEST_MINUTES),
            MaxValueValidator(LONGEST_MINUTES),
        ],
        help_text="Minutes, without the break.",
    )
    every_weeks = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WEEKS_BETWEEN)],
        help_text="Weeks from one date to the next.",
    )
    count = models.PositiveSmallIntegerField(
        validators=[
            MinValueValidator(FEWEST_OCCURRENCES),
            MaxValueValidator(MOST_OCCURRENCES),
        ],
        help_text="How many dates were asked for.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        ordering = ["start", "id"]
        indexes = [
            models.Index(
                fields=["therapist", "start", "id"], name="series_by_therapist"
            ),
            models.Index(fields=["client", "start", "id"], name="series_by_client"),
            models.Index(fields=["start", "id"], name="series_by_start"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    duration__gte=SHORTEST_MINUTES,
                    duration__lte=LONGEST_MINUTES,
                    every_weeks__gte=1,
                    every_weeks__lte=MOST_WEEKS_BETWEEN,
                    count__gte=FEWEST_OCCURRENCES,
                    count__lte=MOST_OCCURRENCES,
                ),
                name="series_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(type__in=AppointmentType.values),
                name="series_type_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.therapist}, from {self.start:%Y-%m-%d %H:%M} UTC"


@kept
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
    was_published = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Cancelled, its time is published again.",
    )
    hold_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_by = models.CharField(
        max_length=20, choices=Party, blank=True, default="", db_default=""
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(
        max_length=30, choices=CancellationReason, blank=True, default="", db_default=""
    )
    cancelled_late = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Within the therapist's notice before the start.",
    )
    concluded_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was marked as completed or missed."
    )
    series = models.ForeignKey(
        Series,
        on_delete=models.PROTECT,
        related_name="appointments",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    occurrence = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="Its place in the series."
    )
    is_exception = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Moved or cancelled by itself, apart from its series.",
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
                fields=["start", "id"], name="appointment_on_offer", condition=ON_OFFER
            ),
            models.Index(
                fields=["hold_expires_at"],
                name="appointment_held",
                condition=Q(status=Status.HELD),
            ),
        ]
        constraints = [*PERIOD, *LIFE, *OVERLAP]

    def __str__(self):
        return f"{self.therapist}, {self.start:%Y-%m-%d %H:%M} UTC, {self.status}"

    def clean(self):
        """Set what follows from the rest; refuse a therapist as a client of their own."""
        self._follow_status()
        if self.therapist_id is None or self.end is None:
            # A period without an end would overlap whatever comes later.
            self.busy_until = self.end or self.start
            return
        self.busy_until = self.end + self._break()
        if self.client_id and self.client_id == self.therapist.user_id:
            both = "Nobody is client and therapist of one appointment."
            raise ValidationError({"client": ValidationError(both, "own_therapist")})

    def _follow_status(self):
        """Keep what belongs to a status as long as it has it, and no longer."""
        now, status = timezone.now(), self.status
        if status == Status.AVAILABLE:
            self.was_published = True
        if status != Status.HELD:
            self.hold_expires_at = None
        elif self.hold_expires_at is None:
            self.hold_expires_at = now + timedelta(minutes=settings.HOLD_MINUTES)
        self.concluded_at = (self.concluded_at or now) if status in CONCLUDED else None
        if status == Status.CANCELLED:
            self.cancelled_at = self.cancelled_at or now
            self.cancelled_by = self.cancelled_by or Party.PRACTICE
        else:
            self.cancelled_at, self.cancelled_late = None, False
            self.cancelled_by = self.cancellation_reason = ""

    def _break(self):
        """The break that held when the appointment was made with this therapist."""
        made = Appointment.objects.filter(pk=self.pk, therapist=self.therapist_id)
        for end, busy_until in made.values_list("end", "busy_until"):
            return busy_until - end
        return self.therapist.break_after
