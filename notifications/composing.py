"""A mail from a delivery: what is true now, in the reader's language and time."""

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from appointments.models import Appointment, Series
from appointments.models.statuses import Status
from notifications import calendars
from notifications.account_mails import write_account_mail
from notifications.conflicts import compose_conflicts
from notifications.invitation_mails import compose_invitation
from notifications.links import LinkPurpose, make_link
from notifications.mail import add_calendar, make_mail
from notifications.models import Delivery, Kind
from notifications.wording import (
    format_at_therapist,
    format_moment,
    format_notice,
    introduce,
    name_other,
    name_subject,
)


def compose(delivery: Delivery) -> EmailMultiAlternatives | None:
    """Return the mail, or None if what it would tell is no longer so."""
    if delivery.kind == Kind.ACCOUNT_INVITED:
        return compose_invitation(delivery)
    reader = User.objects.filter(pk=delivery.user_id, email__isnull=False).first()
    if reader is None:
        return None
    with translation.override(reader.language):
        if delivery.kind.startswith("account."):
            return _compose_account(delivery, reader)
        if delivery.kind == Kind.WEBHOOK_OFF:
            return _compose_webhook_off(delivery, reader)
        if delivery.kind == Kind.APPOINTMENT_CONFLICT:
            return compose_conflicts(delivery, reader)
        if delivery.series_id is not None:
            return _compose_series(delivery, reader)
        return _compose_appointment(delivery, reader)


def _compose_account(delivery, reader):
    mail = write_account_mail(delivery, reader)
    if mail is None:
        return None
    return make_mail(delivery, reader, mail.subject, mail._asdict(), "account")


def _compose_webhook_off(delivery, reader):
    facts = {
        "intro": _(
            "An endpoint of other systems did not answer for three days and was "
            "switched off. Its list of deliveries says why."
        )
    }
    subject = _("An endpoint was switched off")
    return make_mail(delivery, reader, subject, facts, "account")


def _compose_appointment(delivery, reader):
    rows = Appointment.objects.select_related("therapist", "client", "series")
    appointment = rows.filter(pk=delivery.appointment_id).first()
    if appointment is None or not _is_true(delivery, appointment, reader):
        return None
    is_cancelled = delivery.kind == Kind.APPOINTMENT_CANCELLED
    facts = {
        "intro": introduce(delivery.kind, appointment, reader),
        "person": name_other(appointment, reader),
        "moment": format_moment(appointment.start, reader.time_zone),
        "other_moment": format_at_therapist(appointment, reader),
        "minutes": (appointment.end - appointment.start).seconds // 60,
        "until": None if is_cancelled else format_notice(appointment, reader),
    }
    facts |= _make_links(delivery.kind, appointment, may_cancel=bool(facts["until"]))
    subject = name_subject(delivery.kind, appointment.start, reader.time_zone)
    calendar = calendars.make_invitation(appointment, reader, is_cancelled=is_cancelled)
    mail = make_mail(delivery, reader, subject, facts, "mail")
    return add_calendar(mail, calendar, is_cancelled=is_cancelled)


def _make_links(kind, appointment, *, may_cancel):
    """Return links for the client; they work for this start alone."""
    state = {
        "appointment": appointment.pk,
        "user": appointment.client_id,
        "start": int(appointment.start.timestamp()),
    }
    links = {}
    if may_cancel:
        links["cancel_url"] = make_link(LinkPurpose.CANCEL, **state)
    if kind == Kind.APPOINTMENT_REMINDER:
        links["confirm_url"] = make_link(LinkPurpose.CONFIRM, **state)
    return links


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
        "intro": introduce(delivery.kind, series, reader),
        "person": name_other(series, reader),
        "dates": [format_moment(date.start, reader.time_zone) for date in upcoming],
        "minutes": series.duration,
    }
    if is_cancelled:
        facts["intro"] = _("All appointments of this series are cancelled.")
    first = upcoming[0] if upcoming else dates[0]
    subject = name_subject(delivery.kind, first.start, reader.time_zone)
    calendar = calendars.make_series_invitation(
        series, reader, is_cancelled=is_cancelled
    )
    mail = make_mail(delivery, reader, subject, facts, "mail")
    return add_calendar(mail, calendar, is_cancelled=is_cancelled)


def _is_true(delivery, appointment, reader):
    """Tell whether the person still has, or no longer has, the appointment."""
    has_it = reader.pk in (appointment.client_id, appointment.therapist.user_id)
    if delivery.start not in (None, appointment.start):
        return False
    if delivery.kind == Kind.APPOINTMENT_CANCELLED:
        return not has_it or appointment.status == Status.CANCELLED
    return has_it and appointment.status == Status.BOOKED
