"""Mail that came back: the address is marked, and staff see it."""

import re
from email.message import EmailMessage

from django.utils import timezone

from accounts.models import User
from notifications.models import Delivery, DeliveryStatus

MESSAGE_ID = re.compile(r"<([0-9a-f-]{36})@")
ERROR = "The mail came back."


def mark_bounced(delivery: Delivery) -> None:
    """Mark the address to which the delivery went, if the person still has it."""
    if delivery.address is None:
        User.objects.filter(pk=delivery.user_id).update(email_bounced_at=timezone.now())


def read_report(report: EmailMessage) -> Delivery | None:
    """Mark what a delivery status notification says has failed; return its delivery.

    None if it tells of no failure for good, or of no mail of ours (RFC 3464). The recipient
    that the report names is not trusted, but the id of the mail, which nobody can guess.
    """
    if not _has_failed(report) or not (match := _find_message_id(report)):
        return None
    delivery = Delivery.objects.filter(message_id=match[1]).first()
    if delivery is not None:
        delivery.status, delivery.error = DeliveryStatus.FAILED, ERROR
        delivery.save(update_fields=["status", "error"])
        mark_bounced(delivery)
    return delivery


def _has_failed(report):
    if report.get_content_type() != "multipart/report":
        return False
    fields = [
        str(value).strip().lower()
        for part in report.walk()
        if part.get_content_type() == "message/delivery-status"
        for group in part.get_payload()
        for value in group.get_all("Action", [])
    ]
    return "failed" in fields


def _find_message_id(report):
    """Find the id of the mail that came back, in the part that quotes it."""
    for part in report.walk():
        if part is not report and part["Message-ID"]:
            return MESSAGE_ID.search(part["Message-ID"])
        if part.get_content_type() == "text/rfc822-headers":
            return MESSAGE_ID.search(part.get_payload())
    return None
