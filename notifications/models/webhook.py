"""Endpoints of other systems, and what is sent to them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from booking.time_zones import format_moment
from notifications.models.delivery import DeliveryStatus


class EventType(models.TextChoices):
    """The events of which an endpoint can be told, as `type` has them."""

    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_MOVED = "appointment.moved"
    APPOINTMENT_CANCELLED = "appointment.cancelled"
    APPOINTMENT_COMPLETED = "appointment.completed"
    APPOINTMENT_NO_SHOW = "appointment.no_show"
    SERIES_BOOKED = "series.booked"
    SERIES_MOVED = "series.moved"
    SERIES_CANCELLED = "series.cancelled"
    SCHEDULE_CONFLICT = "schedule.conflict"


class Webhook(models.Model):
    """An endpoint. Its secrets are stored encrypted, as they sign each delivery."""

    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=30, choices=EventType))
    is_active = models.BooleanField(default=True)
    secret = models.CharField(max_length=200, editable=False)
    former_secret = models.CharField(max_length=200, blank=True, editable=False)
    former_until = models.DateTimeField(
        null=True, help_text="Until then, the former secret signs too."
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self):
        return self.url


class WebhookDelivery(models.Model):
    """One event for one endpoint. It has ids alone, and nothing about people."""

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    message_id = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="The header `webhook-id`, the same for each attempt.",
    )
    type = models.CharField(max_length=30, choices=EventType)
    happened_at = models.DateTimeField()
    appointment_id = models.BigIntegerField(null=True)
    series_id = models.BigIntegerField(null=True)
    therapist_id = models.BigIntegerField()
    version = models.BigIntegerField(
        help_text="A later change of the same appointment or series has a higher one."
    )
    created_at = models.DateTimeField()
    status = models.CharField(
        max_length=20, choices=DeliveryStatus, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(
        null=True, help_text="When the first attempt failed."
    )
    finished_at = models.DateTimeField(null=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(
        max_length=200, blank=True, help_text="Why the last attempt failed."
    )

    class Meta:
        default_permissions = ()
        verbose_name_plural = "webhook deliveries"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["webhook", "-created_at", "-id"],
                name="webhook_delivery_by_time",
            ),
            models.Index(fields=["created_at"], name="webhook_delivery_old"),
        ]

    def __str__(self):
        return f"{self.type}, {self.status}, {format_moment(self.created_at)}"
