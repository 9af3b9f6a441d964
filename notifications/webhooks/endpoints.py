"""Endpoints: their secrets, and sending again what they missed."""

import secrets
from base64 import b64encode
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from booking.encryption import encrypt, renew
from notifications.errors import UnknownDelivery
from notifications.jobs import defer_webhooks
from notifications.models import DeliveryStatus, Webhook, WebhookDelivery

SECRET_BYTES = 32
# How long the former secret signs too, so that a receiver can change in peace.
OVERLAP = timedelta(hours=24)
MOST_REPLAYED = 10_000


def add_webhook(url: str, events: list[str], *, is_active: bool) -> tuple[Webhook, str]:
    """Return a new endpoint and its secret, which nothing shows again."""
    secret = make_secret()
    webhook = Webhook.objects.create(
        url=url,
        events=sorted(set(events)),
        is_active=is_active,
        secret=encrypt(secret),
        created_at=timezone.now(),
    )
    return webhook, secret


@transaction.atomic
def rotate(webhook: Webhook) -> str:
    """Return a new secret. The former one also signs for another day."""
    locked = Webhook.objects.select_for_update().get(pk=webhook.pk)
    secret = make_secret()
    locked.former_secret, locked.secret = locked.secret, encrypt(secret)
    locked.former_until = timezone.now() + OVERLAP
    locked.save(update_fields=["secret", "former_secret", "former_until"])
    return secret


@transaction.atomic
def replay(
    webhook: Webhook, *, delivery_id: int | None = None, since: datetime | None = None
) -> int:
    """Send one delivery again, or all since a moment, with their ids; return how many.

    The oldest come first, `MOST_REPLAYED` at most. What is still being sent has its job, and
    is left to it. Raises `UnknownDelivery`.
    """
    rows = webhook.deliveries.order_by("created_at", "pk").select_for_update()
    if delivery_id is not None:
        rows = rows.filter(pk=delivery_id)
        if not rows:
            raise UnknownDelivery
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    finished = rows.exclude(status=DeliveryStatus.PENDING)
    ids = [*finished.values_list("pk", flat=True)[:MOST_REPLAYED]]
    WebhookDelivery.objects.filter(pk__in=ids).update(
        status=DeliveryStatus.PENDING,
        attempts=0,
        failing_since=None,
        finished_at=None,
        error="",
    )
    defer_webhooks(ids)
    return len(ids)


def renew_secrets() -> int:
    """Encrypt by the current SECRET_KEY what a former one encrypted; return how many."""
    renewed = 0
    for webhook in Webhook.objects.order_by("pk"):
        for name in ("secret", "former_secret"):
            former = getattr(webhook, name)
            if secret := former and renew(former):
                same = Webhook.objects.filter(pk=webhook.pk, **{name: former})
                renewed += same.update(**{name: secret})
    return renewed


def make_secret() -> str:
    """Return a secret as Standard Webhooks writes them."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
