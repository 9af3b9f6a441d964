"""One attempt to tell an endpoint of an event, and what follows from its result."""

import json
import logging
from datetime import timedelta
from http.client import HTTPException

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from booking.encryption import decrypt
from notifications.deliveries import add_deliveries
from notifications.jobs import defer_webhooks, get_wait
from notifications.models import DeliveryStatus, Kind, Webhook, WebhookDelivery
from notifications.notices import Notice
from notifications.webhooks.addresses import ForbiddenAddress
from notifications.webhooks.events import SWITCHED_OFF
from notifications.webhooks.posting import post

logger = logging.getLogger(__name__)
# An endpoint that fails for so long is switched off.
PATIENCE = timedelta(days=3)
OFF_SOURCE = "webhook-off-"
LONGEST_WAIT = timedelta(hours=8)
LONGEST_ERROR = WebhookDelivery._meta.get_field("error").max_length


def send_webhook(delivery_id: int) -> None:
    """Send it, unless it was sent or its endpoint is switched off.

    Without a response of 2xx, another job sends it later. After `PATIENCE`, the endpoint
    is switched off, and staff are told.
    """
    rows = WebhookDelivery.objects.select_related("webhook")
    delivery = rows.filter(pk=delivery_id, status=DeliveryStatus.PENDING).first()
    if delivery is None:
        return
    if not delivery.webhook.is_active:
        _finish(delivery, DeliveryStatus.FAILED, SWITCHED_OFF)
        return
    delivery.attempts += 1
    delivery.response_status, error = None, ""
    try:
        delivery.response_status = _post(delivery)
    except InvalidToken:
        error = "The secret cannot be read. Rotate it."
    except (HTTPException, OSError) as failure:
        error = f"The endpoint cannot be reached: {type(failure).__name__}"
    except (ForbiddenAddress, ValueError):
        error = "The address is not allowed."
    if not error and not 200 <= delivery.response_status < 300:
        error = f"The endpoint answered {delivery.response_status}."
    if error:
        logger.warning("Webhook delivery %s: %s", delivery.pk, error)
        _put_off(delivery, error)
    else:
        _finish(delivery, DeliveryStatus.SENT, "")


def delete_old_webhook_deliveries() -> int:
    """Delete those that are older than the log of reads is kept; return how many."""
    oldest = timezone.now() - timedelta(days=settings.READ_LOG_DAYS)
    return WebhookDelivery.objects.filter(created_at__lt=oldest).delete()[0]


def _post(delivery):
    """Return the status of the response."""
    body = _write_body(delivery)
    headers = _sign(delivery, body) | {
        "Content-Type": "application/json",
        "User-Agent": "booking-webhooks",
    }
    return post(delivery.webhook.url, body.encode(), headers)


def _write_body(delivery):
    ids = {"appointment_id": delivery.appointment_id, "series_id": delivery.series_id}
    data = {name: id for name, id in ids.items() if id is not None}
    data |= {"therapist_id": delivery.therapist_id, "version": delivery.version}
    return json.dumps(
        {
            "type": delivery.type,
            "timestamp": delivery.happened_at.isoformat().replace("+00:00", "Z"),
            "data": data,
        }
    )


def _sign(delivery, body):
    id, now = f"msg_{delivery.message_id.hex}", timezone.now()
    signatures = [
        Signer(secret).sign(id, now, body) for secret in _list_secrets(delivery.webhook)
    ]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _list_secrets(webhook):
    yield decrypt(webhook.secret)
    if webhook.former_until is not None and webhook.former_until > timezone.now():
        yield decrypt(webhook.former_secret)


def _finish(delivery, status, error):
    return _store(delivery, error, status=status, finished_at=timezone.now())


def _store(delivery, error, **changed):
    """Store the result of the attempt, unless the delivery was deleted meanwhile."""
    pending = WebhookDelivery.objects.filter(
        pk=delivery.pk, status=DeliveryStatus.PENDING
    )
    return pending.update(
        attempts=delivery.attempts,
        response_status=delivery.response_status,
        failing_since=delivery.failing_since,
        error=error[:LONGEST_ERROR],
        **changed,
    )


def _put_off(delivery, error):
    now = timezone.now()
    delivery.failing_since = delivery.failing_since or now
    if now - delivery.failing_since >= PATIENCE:
        with transaction.atomic():
            if _finish(delivery, DeliveryStatus.FAILED, error):
                _switch_off(delivery.webhook)
        return
    wait = min(get_wait(delivery.attempts) or LONGEST_WAIT, LONGEST_WAIT)
    # The last attempt is at the end of the patience.
    wait = min(wait, delivery.failing_since + PATIENCE - now)
    with transaction.atomic():
        if _store(delivery, error):
            defer_webhooks([delivery.pk], wait)


def _switch_off(webhook):
    """Switch it off, and let a worker tell staff, once."""
    on = Webhook.objects.filter(pk=webhook.pk, is_active=True)
    if on.update(is_active=False):
        source = f"{OFF_SOURCE}{webhook.pk}-{timezone.now():%Y%m%d%H%M%S}"
        people = ModelBackend().with_perm("notifications.change_webhook")
        add_deliveries(
            Notice(Kind.WEBHOOK_OFF, person.pk, source)
            for person in people.filter(is_staff=True)
        )
