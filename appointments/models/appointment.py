from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from appointments.models.constraints import LIFECYCLE, OVERLAP, PERIOD, SERIES
from appointments.models.querysets import AppointmentQuerySet
from appointments.models.series import Series
from appointments.models.statuses import CancellationReason, Role, Status
from booking.time_zones import format_moment
from booking.tracking import track_history
from therapists.models import AppointmentType

# Bookable, perhaps only once the hold has expired: an index cannot ask for the time.
PERHAPS_BOOKABLE = Q(status=Status.AVAILABLE) | Q(
    status=Status.HELD, was_published=True
)


# For counting how often a client has held times of a therapist.
HOLDS_OF_CLIENT = models.Index(
    fields=["client", "therapist", "updated_at"],
    name="appointmentevent_holds",
    condition=Q(status=Status.HELD),
)


@track_history(indexes=[HOLDS_OF_CLIENT])
class Appointment(models.Model):
    """A period in a therapist's diary: available to any client, or one client's."""

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
        help_text="Empty while the appointment is available.",
    )
    type = models.CharField(max_length=20, choices=AppointmentType)
    status = models.CharField(max_length=20, choices=Status)
    start = models.DateTimeField()
    end = models.DateTimeField()
    busy_until = models.DateTimeField(
        editable=False,
        help_text="The end plus the therapist's break at the time when this was added.",
    )
    was_published = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It was available once. If a booking of it is cancelled, it is "
        "published again.",
    )
    hold_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_by = models.CharField(
        max_length=20, choices=Role, blank=True, default="", db_default=""
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(
        max_length=30, choices=CancellationReason, blank=True, default="", db_default=""
    )
    cancelled_late = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Cancelled with less notice than the therapist requires.",
    )
    moved_late = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Moved when its start was within the therapist's cancellation notice. "
        "If this client's booking is cancelled, that is late.",
    )
    concluded_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was recorded as completed or no-show."
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
        null=True,
        blank=True,
        editable=False,
        help_text="Its place in the series, counted from 1.",
    )
    is_exception = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Moved or cancelled by itself, and not with its series.",
    )
    overridden = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=[],
        editable=False,
        help_text="Codes of the rules that staff or the therapist overrode.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        # Foreign keys have no index of their own: these, and the constraint on places in
        # a series, begin with them.
        indexes = [
            # A page of a list is read in order from one of these: for staff, for a diary
            # and for a client. Search also reads by therapist which periods are taken.
            models.Index(fields=["start", "id"], name="appointment_by_start"),
            models.Index(
                fields=["therapist", "start", "id"], name="appointment_by_therapist"
            ),
            models.Index(
                fields=["client", "start", "id"], name="appointment_by_client"
            ),
            # For clients' lists and for search: few of all appointments are bookable.
            models.Index(
                fields=["start", "id"],
                name="appointment_bookable",
                condition=PERHAPS_BOOKABLE,
            ),
            # For releasing expired holds. There are never many holds.
            models.Index(
                fields=["hold_expires_at"],
                name="appointment_held",
                condition=Q(status=Status.HELD),
            ),
            # For staff's lists of one status. Any of them may be rare, or lie far from
            # where the list begins. One index costs a new appointment less than one for
            # each status, even if that is partial: PostgreSQL opens every index.
            models.Index(
                fields=["status", "start", "id"], name="appointment_by_status"
            ),
        ]
        constraints = [*PERIOD, *LIFECYCLE, *SERIES, *OVERLAP]

    def __str__(self):
        return f"{self.therapist}, {format_moment(self.start)}, {self.status}"
