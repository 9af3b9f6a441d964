"""The words of mails about appointments."""

from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from appointments.models.statuses import CancellationReason, Role, Status
from notifications.models import Kind


def name_subject(kind, start, time_zone):
    """Return a subject that tells a bystander nothing but the time."""
    with timezone.override(ZoneInfo(time_zone)):
        moment = timezone.localtime(start)
        values = {
            "day": formats.date_format(moment, _("l j F")),
            "time": formats.date_format(moment, "H:i"),
        }
    subjects = {
        Kind.ACCOUNT_INVITED: _("An appointment for you on %(day)s, %(time)s"),
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


def introduce(kind, about, reader):
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
        if about.client_id is None:
            return _("The invitation to this appointment was declined.")
        if reader.pk == about.client_id:
            return _("You have cancelled this appointment.")
        return _("The client has cancelled this appointment.")
    if about.cancellation_reason == CancellationReason.THERAPIST_UNAVAILABLE:
        return _("This appointment is no longer possible. The therapist is away then.")
    if about.status == Status.CANCELLED and about.cancelled_by == Role.THERAPIST:
        return _("The therapist has cancelled this appointment.")
    return _("The practice has cancelled this appointment.")


def name_other(about, reader):
    """Return whom the reader meets: for the therapist the client's name, if there is one."""
    if reader.pk == about.therapist.user_id and about.client is None:
        return ""
    if reader.pk == about.therapist.user_id:
        return about.client.name or about.client.email or ""
    return about.therapist.name


def format_moment(moment, time_zone: str) -> str:
    """Return a moment as people say it, with the name of the zone that it is in."""
    local = timezone.localtime(moment, ZoneInfo(time_zone))
    day = formats.date_format(local, _("l j F Y"))
    return f"{day}, {local:%H:%M} ({time_zone})"


def format_at_therapist(appointment, reader):
    """Return the time on the therapist's clock, where that is another time."""
    theirs = appointment.therapist.time_zone
    local = timezone.localtime(appointment.start, ZoneInfo(reader.time_zone))
    other = timezone.localtime(appointment.start, ZoneInfo(theirs))
    if local.utcoffset() == other.utcoffset():
        return None
    return format_moment(appointment.start, theirs)


def format_notice(appointment, reader):
    """Return until when a client may cancel or move it, if that is still to come."""
    until = appointment.start - appointment.therapist.notice
    if reader.pk != appointment.client_id or until <= timezone.now():
        return None
    return format_moment(until, reader.time_zone)
