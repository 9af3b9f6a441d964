"""Invitations as RFC 5545 and RFC 5546 (iTIP) have them."""

from datetime import UTC, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from accounts.models import User
from appointments.models import Appointment, Series
from appointments.models.statuses import CONCLUDED, Status
from booking import __version__
from notifications.models import Feed, FeedKind, FeedNames

# The period that a feed shows, and how often programs should look.
KEPT, AHEAD = timedelta(days=30), timedelta(days=366)
MOST_EVENTS = 1_000
REFRESH = timedelta(hours=1)


def make_invitation(
    appointment: Appointment, reader: User, *, is_cancelled: bool
) -> bytes:
    """Return the invitation to an appointment, or its withdrawal.

    A date of a series is the same event as in the invitation to the series.
    """
    calendar = _make_calendar("CANCEL" if is_cancelled else "REQUEST")
    sequence = _count_changes(appointment.history)
    event = _make_event(reader, sequence, is_cancelled=is_cancelled)
    zone = ZoneInfo(appointment.therapist.time_zone)
    if appointment.series_id is None:
        event.add("uid", _make_uid("appointment", appointment.pk))
    else:
        planned = _get_planned_start(appointment.series, appointment.occurrence)
        event.add("uid", _make_uid("series", appointment.series_id))
        event.add("recurrence-id", planned)
    event.add("dtstart", timezone.localtime(appointment.start, zone))
    event.add("dtend", timezone.localtime(appointment.end, zone))
    calendar.add_component(event)
    return _write(calendar)


def make_series_invitation(
    series: Series, reader: User, *, is_cancelled: bool
) -> bytes:
    """Return the invitation to a series: a rule, its exceptions, and what was moved."""
    calendar = _make_calendar("CANCEL" if is_cancelled else "REQUEST")
    dates = {date.occurrence: date for date in series.appointments.all()}
    sequence = _count_changes(series.history)
    event = _make_event(reader, sequence, is_cancelled=is_cancelled)
    uid, start = _make_uid("series", series.pk), _get_planned_start(series, 1)
    length = timedelta(minutes=series.duration)
    event.add("uid", uid)
    event.add("dtstart", start)
    event.add("dtend", start + length)
    event.add(
        "rrule",
        {"freq": "weekly", "interval": series.every_weeks, "count": series.count},
    )
    calendar.add_component(event)
    for number in range(1, series.count + 1):
        planned, date = _get_planned_start(series, number), dates.get(number)
        if date is None or (date.status == Status.CANCELLED and not is_cancelled):
            event.add("exdate", planned)
        elif date.start != planned and not is_cancelled:
            calendar.add_component(_make_moved(reader, uid, sequence, planned, date))
    return _write(calendar)


def make_feed(feed: Feed) -> bytes:
    """Return the calendar of a feed: from a month ago to a year ahead, in order.

    Cancelled appointments stay for a month, so that programs remove them. The same
    appointments give the same bytes.
    """
    calendar = _make_calendar("PUBLISH")
    calendar.add("x-wr-calname", _("Appointments"))
    for name in ("refresh-interval", "x-published-ttl"):
        calendar.add(name, vDuration(REFRESH), parameters={"value": "DURATION"})
    for appointment in _list_appointments_of(feed):
        calendar.add_component(_make_feed_event(feed, appointment))
    return _write(calendar)


def shows_clients(feed: Feed) -> bool:
    """Tell whether a therapist reads in it who the clients are."""
    return feed.kind == FeedKind.DIARY and feed.names != FeedNames.NONE


def list_clients(feed: Feed) -> list[int]:
    """Return the clients of the appointments in the feed."""
    return [appointment.client_id for appointment in _list_appointments_of(feed)]


def _list_appointments_of(feed):
    now = timezone.now()
    owner = (
        {"client": feed.user_id}
        if feed.kind == FeedKind.MINE
        else {"therapist__user": feed.user_id, "therapist__is_active": True}
    )
    shown = Q(status__in=[Status.BOOKED, *CONCLUDED]) | Q(
        status=Status.CANCELLED, cancelled_at__gt=now - KEPT, client__isnull=False
    )
    period = {"start__gt": now - KEPT, "start__lt": now + AHEAD}
    rows = Appointment.objects.filter(shown, **owner, **period)
    people = rows.select_related("therapist", "client")
    return people.order_by("start", "id")[:MOST_EVENTS]


def _make_feed_event(feed, appointment):
    event = Event()
    event.add("uid", _make_uid("appointment", appointment.pk))
    # Not now: the same appointment gives the same bytes.
    event.add("dtstamp", appointment.updated_at)
    is_cancelled = appointment.status == Status.CANCELLED
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("summary", _get_summary(feed, appointment))
    event.add("dtstart", appointment.start.astimezone(UTC))
    event.add("dtend", appointment.end.astimezone(UTC))
    if settings.PRACTICE_ADDRESS:
        event.add("location", vText(settings.PRACTICE_ADDRESS))
    return event


def _get_summary(feed, appointment):
    is_diary = feed.kind == FeedKind.DIARY
    name = (appointment.client if is_diary else appointment.therapist).name
    if feed.names == FeedNames.INITIALS:
        return "".join(f"{part[0]}." for part in name.split()) or _("Appointment")
    return name if feed.names == FeedNames.FULL and name else _("Appointment")


def _make_moved(reader, uid, sequence, planned, date):
    event = _make_event(reader, sequence, is_cancelled=False)
    event.add("uid", uid)
    event.add("recurrence-id", planned)
    event.add("dtstart", timezone.localtime(date.start, planned.tzinfo))
    minutes = date.series.duration
    event.add("dtend", event.start + timedelta(minutes=minutes))
    return event


def _get_planned_start(series, number):
    """Return a date of the series on the therapist's clock, as the series has it."""
    zone = ZoneInfo(series.therapist.time_zone)
    first = timezone.localtime(series.start, zone)
    weeks = timedelta(weeks=series.every_weeks * (number - 1))
    return (first.replace(tzinfo=None) + weeks).replace(tzinfo=zone)


def _make_calendar(method):
    calendar = Calendar()
    calendar.add("prodid", f"-//Booking//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _make_event(reader, sequence, *, is_cancelled):
    event = Event()
    event.add("dtstamp", timezone.now())
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    # A calendar is often shared: it tells no name, and nothing of therapy.
    event.add("summary", _("Appointment"))
    if settings.PRACTICE_ADDRESS:
        event.add("location", vText(settings.PRACTICE_ADDRESS))
    event.add("organizer", vCalAddress(f"mailto:{_get_sender()}"))
    event.add("attendee", vCalAddress(f"mailto:{reader.email}"))
    return event


def _count_changes(history):
    """Return a number that rises with each change; the first entry is 0."""
    return max(history.count() - 1, 0)


def _make_uid(kind, id):
    return f"{kind}-{id}@{urlsplit(settings.PUBLIC_URL).hostname}"


def _get_sender():
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")


def _write(calendar):
    calendar.add_missing_timezones()
    return calendar.to_ical()
