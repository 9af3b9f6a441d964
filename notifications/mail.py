"""A mail with its headers, as text and HTML, perhaps with a calendar."""

from email.mime.text import MIMEText
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def make_mail(delivery, reader, subject, facts, template):
    facts |= {
        "name": reader.name,
        "practice": settings.PRACTICE_NAME,
        "address": settings.PRACTICE_ADDRESS,
        "phone": settings.PRACTICE_PHONE,
        "language": reader.language,
        "subject": subject,
    }
    domain = urlsplit(settings.PUBLIC_URL).hostname
    mail = EmailMultiAlternatives(
        subject,
        render_to_string(f"notifications/{template}.txt", facts),
        to=[delivery.address or reader.email],
        headers={
            "Message-ID": f"<{delivery.message_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Booking-Kind": ".".join(delivery.kind.split(".")[:2]),
        },
    )
    html = render_to_string(f"notifications/{template}.html", facts)
    mail.attach_alternative(html, "text/html")
    return mail


def add_calendar(mail, calendar, *, is_cancelled):
    mail.attach(_make_part(calendar, "CANCEL" if is_cancelled else "REQUEST"))
    return mail


def _make_part(calendar, method):
    part = MIMEText(calendar.decode(), "calendar", "utf-8")
    part.set_param("method", method)
    part.add_header("Content-Disposition", "attachment", filename="appointment.ics")
    return part
