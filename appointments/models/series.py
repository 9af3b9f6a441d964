from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from appointments.models.querysets import SeriesQuerySet
from booking.time_zones import format_moment
from booking.tracking import track_history
from therapists.models import LONGEST_MINUTES, SHORTEST_MINUTES, AppointmentType

MOST_WEEKS_BETWEEN = 8
FEWEST_OCCURRENCES, MOST_OCCURRENCES = 2, 52


@track_history()
class Series(models.Model):
    """A client's appointments with one therapist, at the same local time every few weeks.

    This is the series as it was requested. Each date's appointment says what became of
    it. A date that was moved or cancelled by itself keeps its place, as an
    exception. `start` changes when the whole series is moved.
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
        help_text="How many dates were requested.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        ordering = ["start", "id"]
        # A page of a list is read in order from one of these: for a therapist, for a client
        # and for staff. The foreign keys need no others.
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
        return f"{self.therapist}, from {format_moment(self.start)}"
