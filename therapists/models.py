from datetime import time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import validate_time_zone
from booking.names import validate_name
from booking.time_zones import get_practice_time_zone
from booking.tracking import track_history
from therapists.querysets import TherapistQuerySet
from therapists.schedule import Absence, Closure, WorkingHours
from therapists.security_log import DIARY_TRIGGERS
from therapists.specialisms import NAME_COLLATION, Specialism

__all__ = [
    "Absence",
    "AppointmentType",
    "BookingMode",
    "Closure",
    "Offering",
    "Specialism",
    "Therapist",
    "WorkingHours",
]

SHORTEST_MINUTES = 5
LONGEST_MINUTES = 480
LONGEST_BREAK_MINUTES = 240
LONGEST_STEP_MINUTES = 1440
# Ten years. Also the limit for staff and therapists, whom no horizon binds.
FARTHEST_DAYS = 3650


class AppointmentType(models.TextChoices):
    ONE_OFF = "one-off", "one-off"
    CONSULTATION = "consultation", "consultation"


class BookingMode(models.TextChoices):
    ANY_TIME = "any_time", "any time when the therapist is free"
    WORKING_HOURS = "working_hours", "slots within the working hours only"


def _between(field, least, most):
    return Q(**{f"{field}__gte": least, f"{field}__lte": most})


class Therapist(models.Model):
    """A person who can be booked, with the settings of their diary."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="therapist",
        null=True,
        blank=True,
        help_text="The account this therapist signs in with. Optional.",
    )
    name = models.CharField(
        max_length=150, db_collation=NAME_COLLATION, validators=[validate_name]
    )
    time_zone = models.CharField(
        max_length=64, default=get_practice_time_zone, validators=[validate_time_zone]
    )
    specialisms = models.ManyToManyField(
        Specialism, related_name="therapists", blank=True
    )
    is_active = models.BooleanField(
        default=True, help_text="Only active therapists are listed and can be booked."
    )
    booking_mode = models.CharField(
        max_length=20,
        choices=BookingMode,
        default=BookingMode.WORKING_HOURS,
        help_text="The start times that clients can choose.",
    )
    any_time_from = models.TimeField(
        default=time(6),
        db_default=time(6),
        help_text="At any time, clients can start from this time of day.",
    )
    any_time_until = models.TimeField(
        default=time(22),
        db_default=time(22),
        help_text="At any time, clients must end by this time of day. 00:00 is midnight.",
    )
    longest_minutes = models.PositiveSmallIntegerField(
        default=120,
        db_default=120,
        validators=[
            MinValueValidator(SHORTEST_MINUTES),
            MaxValueValidator(LONGEST_MINUTES),
        ],
        help_text="The longest appointment that clients can book at any time.",
    )
    break_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(LONGEST_BREAK_MINUTES)],
        help_text="Free minutes after each appointment.",
    )
    start_step_minutes = models.PositiveSmallIntegerField(
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_STEP_MINUTES)],
        help_text="Minutes between the starts of two slots in the same working hours.",
    )
    notice_hours = models.PositiveSmallIntegerField(
        default=24,
        validators=[MaxValueValidator(24 * 365)],
        help_text="Clients must book at least this many hours before the start.",
    )
    horizon_days = models.PositiveSmallIntegerField(
        default=365,
        validators=[MinValueValidator(1), MaxValueValidator(FARTHEST_DAYS)],
        help_text="Clients can book at most this many days ahead, of 24 hours each.",
    )
    cancellation_notice_hours = models.PositiveSmallIntegerField(
        default=24,
        db_default=24,
        validators=[MaxValueValidator(24 * 365)],
        help_text="Clients must cancel at least this many hours before the start.",
    )

    objects = TherapistQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        triggers = DIARY_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=_between("break_minutes", 0, LONGEST_BREAK_MINUTES),
                name="therapist_break_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(booking_mode__in=BookingMode.values),
                name="therapist_booking_mode_is_known",
            ),
            models.CheckConstraint(
                condition=Q(any_time_from__lt=F("any_time_until"))
                | Q(any_time_until=time()),
                name="therapist_any_time_ends_after_it_starts",
                violation_error_code="ends_before_start",
                violation_error_message="It must be later, or 00:00 for midnight.",
            ),
            models.CheckConstraint(
                condition=_between(
                    "longest_minutes", SHORTEST_MINUTES, LONGEST_MINUTES
                ),
                name="therapist_longest_appointment_within_bounds",
            ),
            models.CheckConstraint(
                condition=_between("start_step_minutes", 1, LONGEST_STEP_MINUTES),
                name="therapist_start_step_within_bounds",
            ),
            models.CheckConstraint(
                condition=_between("notice_hours", 0, 24 * 365),
                name="therapist_notice_within_bounds",
            ),
            models.CheckConstraint(
                condition=_between("horizon_days", 1, FARTHEST_DAYS),
                name="therapist_horizon_within_bounds",
            ),
            models.CheckConstraint(
                condition=_between("cancellation_notice_hours", 0, 24 * 365),
                name="therapist_cancellation_notice_within_bounds",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if self.user_id and self.pk and self.appointments.filter(client=self.user_id):
            own = "This account is a client of this therapist."
            raise ValidationError({"user": ValidationError(own, code="own_client")})

    @property
    def break_after(self):
        return timedelta(minutes=self.break_minutes)

    @property
    def notice(self):
        """The notice that a client must give to cancel."""
        return timedelta(hours=self.cancellation_notice_hours)


@track_history()
class Offering(models.Model):
    """A type of appointment that a therapist offers, with its duration in minutes."""

    therapist = models.ForeignKey(
        Therapist, on_delete=models.CASCADE, related_name="offerings", db_index=False
    )
    type = models.CharField(max_length=20, choices=AppointmentType)
    duration = models.PositiveSmallIntegerField(
        validators=[
            MinValueValidator(SHORTEST_MINUTES),
            MaxValueValidator(LONGEST_MINUTES),
        ],
        help_text="Minutes, without the break.",
    )

    class Meta:
        ordering = ["therapist", "type"]
        constraints = [
            models.UniqueConstraint(
                fields=["therapist", "type"], name="offering_one_per_therapist_and_type"
            ),
            models.CheckConstraint(
                condition=_between("duration", SHORTEST_MINUTES, LONGEST_MINUTES),
                name="offering_duration_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(type__in=AppointmentType.values),
                name="offering_type_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.get_type_display()}, {self.duration} min"
