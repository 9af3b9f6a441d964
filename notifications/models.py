"""Changes to be told, messages to people, and feeds. The text is never stored."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models

from accounts.addresses import AddressField
from appointments.models import Appointment, Series
from booking.models import reference
from booking.time_zones import format_moment


class Change(models.Model):
    """A change of the diary that nobody was told of yet, by its entry in the history.

    Triggers write it. `relay` reads and deletes it.
    """

    event_id = models.BigIntegerField(help_text="The entry in the history.")
    is_of_series = models.BooleanField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{'series' if self.is_of_series else 'appointment'} {self.event_id}"


def _note_change(name, is_of_series, condition=None):
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=condition,
        func=f"""
INSERT INTO notifications_change (event_id, is_of_series)
VALUES (NEW.pgh_id, {is_of_series});
RETURN NULL;
""",  # noqa: S608
    )


class AppointmentEvent(Appointment.pgh_event_model):
    """An entry in the history of an appointment, told of if it concerns a client."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            _note_change(
                "note_change",
                "FALSE",
                pgtrigger.Q(
                    new__status__in=["booked", "cancelled"], new__client__isnull=False
                )
                # An invitation that was declined.
                | pgtrigger.Q(new__status="cancelled", new__cancelled_by="client"),
            )
        ]


class SeriesEvent(Series.pgh_event_model):
    """An entry in the history of a series."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [_note_change("note_change", "TRUE")]


class Kind(models.TextChoices):
    """The subject of a delivery. Its first two words are the header `X-Booking-Kind`."""

    ACCOUNT_VERIFY = "account.verify"
    ACCOUNT_EXISTS = "account.exists"
    ACCOUNT_RESET = "account.reset"
    ACCOUNT_INVITED = "account.invited"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_CHANGED_ADDRESS = "account.changed.address"
    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_MOVED = "appointment.moved"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    APPOINTMENT_CONFLICT = "appointment.conflict"
    APPOINTMENT_REMINDER = "appointment.reminder"
    SERIES_BOOKED = "series.booked"
    SERIES_MOVED = "series.moved"
    SERIES_CANCELLED = "series.cancelled"


class Channel(models.TextChoices):
    MAIL = "mail"


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class Delivery(models.Model):
    """A message to one person about one appointment or series."""

    message_id = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="Part of the mail's Message-ID, the same for each attempt.",
    )
    kind = models.CharField(max_length=30, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    user = reference(help_text="The person who is told.")
    address = AddressField(
        null=True, help_text="Another address than the person's, to which it goes."
    )
    appointment_id = models.BigIntegerField(null=True)
    series_id = models.BigIntegerField(null=True)
    source = models.CharField(
        max_length=100,
        help_text="What is told, such as an entry of the history: once to each person.",
    )
    event_id = models.BigIntegerField(
        null=True, help_text="The entry in the history that is told."
    )
    start = models.DateTimeField(
        null=True, help_text="The start of which a reminder reminds."
    )
    confirmed_at = models.DateTimeField(
        null=True, help_text="When a client who was reminded confirmed to come."
    )
    created_at = models.DateTimeField()
    status = models.CharField(
        max_length=20, choices=DeliveryStatus, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(
        max_length=200, blank=True, help_text="Why the last attempt failed."
    )

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "user"], name="delivery_once_to_each_person"
            )
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="delivery_by_time"),
            models.Index(fields=["appointment_id"], name="delivery_by_appointment"),
            models.Index(fields=["series_id"], name="delivery_by_series"),
            models.Index(
                fields=["-created_at", "-id"],
                name="delivery_failed",
                condition=models.Q(status="failed"),
            ),
        ]

    def __str__(self):
        return f"{self.kind}, {self.status}, {format_moment(self.created_at)}"


class FeedKind(models.TextChoices):
    MINE = "mine", "what one has as a client"
    DIARY = "diary", "one's diary, as a therapist"


class FeedNames(models.TextChoices):
    """How much a feed tells of the other person. Calendars are often shared."""

    NONE = "none"
    INITIALS = "initials"
    FULL = "full"


class Feed(models.Model):
    """A calendar that other programs read by a secret address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feeds"
    )
    kind = models.CharField(max_length=10, choices=FeedKind)
    names = models.CharField(max_length=10, choices=FeedNames, default=FeedNames.NONE)
    digest = models.CharField(
        max_length=64, unique=True, help_text="A hash of the secret in the address."
    )
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["created_at", "id"]

    def __str__(self):
        return f"{self.kind} of {self.user_id}"
