"""The schedule: working hours, absences and closures, which the rules read."""

from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from booking.names import validate_name
from booking.time_zones import format_moment
from booking.tracking import track_history

MIDNIGHT = time()


class Weekday(models.IntegerChoices):
    """The weekdays as ISO 8601 numbers them."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


@track_history()
class WorkingHours(models.Model):
    """A weekly window of work, in the therapist's time zone.

    Its weekday and its validity are those of the day on which it starts. An end at or
    before the start is on the next day; 00:00 to 00:00 is a whole day. Windows that
    overlap or touch count as one.
    """

    therapist = models.ForeignKey(
        "therapists.Therapist",
        on_delete=models.CASCADE,
        related_name="hours",
        db_index=False,
    )
    weekday = models.PositiveSmallIntegerField(
        choices=Weekday,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
        help_text="The day on which the window starts, from 1 (Monday) to 7 (Sunday).",
    )
    start = models.TimeField(help_text="In the therapist's time zone.")
    end = models.TimeField(
        help_text="An end at or before the start is on the next day. 00:00 is midnight."
    )
    valid_from = models.DateField(
        null=True, blank=True, help_text="The first day. Empty means no limit."
    )
    valid_until = models.DateField(
        null=True, blank=True, help_text="The last day, included. Empty means no limit."
    )

    class Meta:
        verbose_name = verbose_name_plural = "working hours"
        ordering = ["therapist", "weekday", "start", "id"]
        indexes = [
            models.Index(fields=["therapist", "weekday"], name="hours_by_therapist"),
            # The few windows that reach the next day, and can join its windows.
            models.Index(
                fields=["therapist"],
                name="hours_past_midnight",
                condition=Q(end__lte=F("start")),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7),
                name="hours_weekday_is_iso",
                violation_error_code="invalid_choice",
            ),
            models.CheckConstraint(
                condition=~Q(start=F("end")) | Q(start=MIDNIGHT),
                name="hours_are_a_window",
                violation_error_code="empty_window",
                violation_error_message="Start and end must differ, unless it is a "
                "whole day, 00:00 to 00:00.",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_from__lte=F("valid_until")),
                name="hours_valid_from_before_until",
                violation_error_code="inverted",
                violation_error_message="The last day must not precede the first.",
            ),
        ]

    def __str__(self):
        day = Weekday(self.weekday).label if self.weekday in Weekday else self.weekday
        return f"{day} {self.start:%H:%M} to {self.end:%H:%M}"

    def clean(self):
        for edge in (self.start, self.end):
            if edge and (edge.second or edge.microsecond):
                raise ValidationError("Use whole minutes.", code="not_whole_minute")


@track_history()
class Absence(models.Model):
    """A period in which the therapist has no appointments."""

    therapist = models.ForeignKey(
        "therapists.Therapist",
        on_delete=models.CASCADE,
        related_name="absences",
        db_index=False,
    )
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        ordering = ["therapist", "start", "id"]
        indexes = [
            models.Index(fields=["therapist", "end"], name="absence_by_therapist")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end")),
                name="absence_ends_after_it_starts",
                violation_error_code="ends_before_start",
                violation_error_message="It must end after it starts.",
            )
        ]

    def __str__(self):
        return f"{format_moment(self.start)} to {format_moment(self.end)}"


@track_history()
class Closure(models.Model):
    """Days on which the whole practice is closed, in the practice's time zone."""

    start = models.DateField(help_text="First day.")
    end = models.DateField(help_text="Last day, included.")
    name = models.CharField(max_length=100, validators=[validate_name])

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lte=F("end")),
                name="closure_does_not_end_before_it_starts",
                violation_error_code="ends_before_start",
                violation_error_message="The last day must not precede the first.",
            ),
            models.UniqueConstraint(
                fields=["start", "end", "name"],
                name="closure_once",
                violation_error_code="unique",
                violation_error_message="This closure exists already.",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.start} to {self.end}"
