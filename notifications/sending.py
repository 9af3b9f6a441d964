"""Sending one delivery: what is true now, once, or put off."""

import logging
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from notifications.bounces import mark_bounced
from notifications.composing import compose
from notifications.jobs import defer_sending, get_wait
from notifications.models import Delivery, DeliveryStatus, Kind

# The kind that tells of a move, with the kind that tells of the booking.
BOOKINGS = {
    Kind.APPOINTMENT_MOVED: Kind.APPOINTMENT_BOOKED,
    Kind.SERIES_MOVED: Kind.SERIES_BOOKED,
}
logger = logging.getLogger(__name__)
LONGEST_ERROR = Delivery._meta.get_field("error").max_length


def send_delivery(delivery_id: int) -> None:
    """Send it, unless it is sent, or a later delivery tells the same person more.

    If the mail server does not take it, another job sends it later. A worker that dies
    after the server took the mail sends it again, with the same Message-ID.
    """
    delivery = Delivery.objects.filter(pk=delivery_id, status="pending").first()
    if delivery is None:
        return
    try:
        status = _send(delivery)
    except (SMTPException, OSError) as error:
        # Expected: one line, without a traceback.
        logger.warning("Delivery %s: %s", delivery.pk, _describe(error))
        _put_off(delivery, error)
    except Exception as error:
        logger.exception("Delivery %s", delivery.pk)
        _put_off(delivery, error)
    else:
        _finish(delivery, status)


def delete_old_deliveries() -> int:
    """Delete what was told longer ago than the log of reads is kept; return how many."""
    oldest = timezone.now() - timedelta(days=settings.READ_LOG_DAYS)
    return Delivery.objects.filter(created_at__lt=oldest).delete()[0]


def _send(delivery):
    message = None if _is_superseded(delivery) else compose(delivery)
    if message is None:
        return DeliveryStatus.SUPERSEDED
    message.send()
    return DeliveryStatus.SENT


def send_again(delivery: Delivery) -> None:
    """Begin anew with a delivery that failed."""
    with transaction.atomic():
        delivery.status, delivery.attempts = DeliveryStatus.PENDING, 0
        delivery.finished_at = None
        delivery.save()
        defer_sending([delivery.pk])


def _is_superseded(delivery):
    """Tell whether there is a later word about the same; that one tells all.

    If the booking was not told before, the last word tells of it, not of a move.
    """
    if delivery.event_id is None:
        return False
    same = Delivery.objects.filter(
        user=delivery.user_id,
        appointment_id=delivery.appointment_id,
        series_id=delivery.series_id,
    )
    if same.filter(event_id__gt=delivery.event_id).exists():
        return True
    earlier = same.filter(event_id__lt=delivery.event_id)
    told = earlier.filter(status=DeliveryStatus.SENT).aggregate(last=Max("event_id"))
    untold = earlier.filter(event_id__gt=told["last"] or 0, kind__in=BOOKINGS.values())
    if delivery.kind in BOOKINGS and untold.exists():
        delivery.kind = BOOKINGS[delivery.kind]
        delivery.save(update_fields=["kind"])
    return False


def _finish(delivery, status):
    delivery.status, delivery.finished_at, delivery.error = status, timezone.now(), ""
    _save(delivery)


def _put_off(delivery, error):
    delivery.attempts += 1
    delivery.error = _describe(error)[:LONGEST_ERROR]
    wait = None if _is_final(error) else get_wait(delivery.attempts)
    with transaction.atomic():
        if isinstance(error, SMTPRecipientsRefused) and wait is None:
            mark_bounced(delivery)
        if wait is None:
            delivery.status = DeliveryStatus.FAILED
            delivery.finished_at = timezone.now()
        else:
            defer_sending([delivery.pk], wait)
        _save(delivery)


def _save(delivery):
    delivery.save(update_fields=["status", "attempts", "finished_at", "error"])


def _is_final(error):
    """Tell whether the server will never take this mail, as RFC 5321 has it: 5yz."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and 500 <= error.smtp_code < 600


def _describe(error):
    """Return what to show, without the server's words: they may quote the address."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"Refused by the mail server: {', '.join(map(str, codes))}"
    if isinstance(error, SMTPResponseException):
        return f"Refused by the mail server: {error.smtp_code}"
    name = type(error).__name__
    if isinstance(error, (SMTPException, OSError)):
        return f"The mail server cannot be reached: {name}"
    return f"The mail cannot be written: {name}"
