"""A mail from a delivery: what is true now, in the reader's language and time."""

from email.mime.text import MIMEText
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from appointments.models import Appointment, Series
from appointments.models.statuses import Role, Status
from notifications import calendars
from notifications.account_mails import write_account_mail
from notifications.models import Delivery, Kind


def compose(delivery: Delivery) -> EmailMultiAlternatives | None:
    """Return the mail, or None if what it would tell is no longer so."""
    reader = User.objects.filter(pk=delivery.user_id, email__isnull=False).first()
    if reader is None:
        return None
    with translation.override(reader.language):
        if delivery.kind.startswith("account."):
            return _compose_account(delivery, reader)
        if delivery.series_id is not None:
            return _compose_series(delivery, reader)
        return _compose_appointment(delivery, reader)


def _compose_account(delivery, reader):
    mail = write_account_mail(delivery, reader)
    if mail is None:
        return None
    return _make_mail(delivery, reader, mail.subject, mail._asdict(), "account")


def _compose_appointment(delivery, reader):
    rows = Appointment.objects.select_related("therapist", "client", "series")
    appointment = rows.filter(pk=delivery.appointment_id).first()
    if appointment is None or not _is_true(delivery, appointment, reader):
        return None
    is_cancelled = delivery.kind == Kind.APPOINTMENT_CANCELLED
    facts = {
        "intro": _introduce(delivery.kind, appointment, reader),
        "person": _name_other(appointment, reader),
        "moment": format_moment(appointment.start, reader.time_zone),
        "other_moment": _format_at_therapist(appointment, reader),
        "minutes": (appointment.end - appointment.start).seconds // 60,
        "until": None if is_cancelled else _format_notice(appointment, reader),
    }
    subject = _name_subject(delivery.kind, appointment.start, reader.time_zone)
    calendar = calendars.make_invitation(appointment, reader, is_cancelled=is_cancelled)
    mail = _make_mail(delivery, reader, subject, facts, "mail")
    return _invite(mail, calendar, is_cancelled=is_cancelled)


def _compose_series(delivery, reader):
    series = Series.objects.with_details().filter(pk=delivery.series_id).first()
    if series is None or reader.pk not in (series.client_id, series.therapist.user_id):
        return None
    dates = sorted(series.appointments.all(), key=lambda date: date.start)
    upcoming = [d for d in dates if d.status == "booked" and d.start > timezone.now()]
    is_cancelled = delivery.kind == Kind.SERIES_CANCELLED and not upcoming
    if not upcoming and not is_cancelled:
        return None
    facts = {
        "intro": _introduce(delivery.kind, series, reader),
        "person": _name_other(series, reader),
        "dates": [format_moment(date.start, reader.time_zone) for date in upcoming],
        "minutes": series.duration,
    }
    if is_cancelled:
        facts["intro"] = _("All appointments of this series are cancelled.")
    first = upcoming[0] if upcoming else dates[0]
    subject = _name_subject(delivery.kind, first.start, reader.time_zone)
    calendar = calendars.make_series_invitation(
        series, reader, is_cancelled=is_cancelled
    )
    mail = _make_mail(delivery, reader, subject, facts, "mail")
    return _invite(mail, calendar, is_cancelled=is_cancelled)


def _is_true(delivery, appointment, reader):
    """Tell whether the person still has, or no longer has, the appointment."""
    has_it = reader.pk in (appointment.client_id, appointment.therapist.user_id)
    if delivery.start not in (None, appointment.start):
        return False
    if delivery.kind == Kind.APPOINTMENT_CANCELLED:
        return not has_it or appointment.status == Status.CANCELLED
    return has_it and appointment.status == Status.BOOKED


def _name_subject(kind, start, time_zone):
    """Return a subject that tells a bystander nothing but the time."""
    with timezone.override(ZoneInfo(time_zone)):
        moment = timezone.localtime(start)
        values = {
            "day": formats.date_format(moment, _("l j F")),
            "time": formats.date_format(moment, "H:i"),
        }
    subjects = {
        Kind.APPOINTMENT_MOVED: _("Your appointment is now on %(day)s, %(time)s"),
        Kind.APPOINTMENT_CANCELLED: _(
            "Your appointment on %(day)s, %(time)s is cancelled"
        ),
        Kind.APPOINTMENT_REMINDER: _("Reminder: your appointment on %(day)s, %(time)s"),
        Kind.SERIES_BOOKED: _("Your appointments from %(day)s, %(time)s"),
        Kind.SERIES_MOVED: _("Your appointments are now from %(day)s, %(time)s"),
        Kind.SERIES_CANCELLED: _(
            "Your appointments from %(day)s, %(time)s have changed"
        ),
    }
    return subjects.get(kind, _("Your appointment on %(day)s, %(time)s")) % values


def _introduce(kind, about, reader):
    texts = {
        Kind.APPOINTMENT_BOOKED: _("This appointment is booked."),
        Kind.APPOINTMENT_MOVED: _("This appointment has another time or therapist."),
        Kind.APPOINTMENT_REMINDER: _("This appointment is soon."),
        Kind.SERIES_BOOKED: _("These appointments are booked."),
        Kind.SERIES_MOVED: _("These appointments have another time."),
        Kind.SERIES_CANCELLED: _(
            "Some appointments of this series are cancelled. These remain:"
        ),
    }
    if kind != Kind.APPOINTMENT_CANCELLED:
        return texts[kind]
    if about.status == Status.CANCELLED and about.cancelled_by == Role.CLIENT:
        if reader.pk == about.client_id:
            return _("You have cancelled this appointment.")
        return _("The client has cancelled this appointment.")
    if about.status == Status.CANCELLED and about.cancelled_by == Role.THERAPIST:
        return _("The therapist has cancelled this appointment.")
    return _("The practice has cancelled this appointment.")


def _name_other(about, reader):
    """Return whom the reader meets: for the therapist the client's name."""
    if reader.pk == about.therapist.user_id:
        return about.client.name or about.client.email or ""
    return about.therapist.name


def format_moment(moment, time_zone: str) -> str:
    """Return a moment as people say it, with the name of the zone that it is in."""
    local = timezone.localtime(moment, ZoneInfo(time_zone))
    day = formats.date_format(local, _("l j F Y"))
    return f"{day}, {local:%H:%M} ({time_zone})"


def _format_at_therapist(appointment, reader):
    """Return the time on the therapist's clock, where that is another time."""
    theirs = appointment.therapist.time_zone
    local = timezone.localtime(appointment.start, ZoneInfo(reader.time_zone))
    other = timezone.localtime(appointment.start, ZoneInfo(theirs))
    if local.utcoffset() == other.utcoffset():
        return None
    return format_moment(appointment.start, theirs)


def _format_notice(appointment, reader):
    """Return until when a client may cancel or move it, if that is still to come."""
    until = appointment.start - appointment.therapist.notice
    if reader.pk != appointment.client_id or until <= timezone.now():
        return None
    return format_moment(until, reader.time_zone)


def _make_mail(delivery, reader, subject, facts, template):
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


def _invite(mail, calendar, *, is_cancelled):
    mail.attach(_make_part(calendar, "CANCEL" if is_cancelled else "REQUEST"))
    return mail


def _make_part(calendar, method):
    part = MIMEText(calendar.decode(), "calendar", "utf-8")
    part.set_param("method", method)
    part.add_header("Content-Disposition", "attachment", filename="appointment.ics")
    return part
