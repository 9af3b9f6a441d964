"""Messages to people. The text is never stored."""

import uuid

from django.db import models

from accounts.addresses import AddressField
from booking.models import reference
from booking.time_zones import format_moment


class Kind(models.TextChoices):
    """The subject of a delivery. Its first two words are the header `X-Booking-Kind`."""

    ACCOUNT_VERIFY = "account.verify"
    ACCOUNT_SIGN_IN = "account.verify.sign_in"
    ACCOUNT_EXISTS = "account.exists"
    ACCOUNT_RESET = "account.reset"
    ACCOUNT_INVITED = "account.invited"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_CHANGED_ADDRESS = "account.changed.address"
    ACCOUNT_FACTOR_ADDED = "account.changed.factor_added"
    ACCOUNT_FACTOR_REMOVED = "account.changed.factor_removed"
    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_MOVED = "appointment.moved"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    APPOINTMENT_CONFLICT = "appointment.conflict"
    APPOINTMENT_REMINDER = "appointment.reminder"
    SERIES_BOOKED = "series.booked"
    SERIES_MOVED = "series.moved"
    SERIES_CANCELLED = "series.cancelled"
    WEBHOOK_OFF = "webhook.off"


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
