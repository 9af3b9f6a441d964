"""The time zones that a person, a therapist or the practice can have."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings

# PostgreSQL reads these as abbreviations, which have no summer time.
ABBREVIATIONS = frozenset({"CET", "EET", "MET", "WET"})


def get_time_zones() -> set[str]:
    """Return the IANA names that mean the same to PostgreSQL and Python."""
    return available_timezones() - ABBREVIATIONS


def get_practice_time_zone() -> str:
    """Return the practice's time zone, which new people and therapists have at first."""
    return settings.PRACTICE_TIME_ZONE


def format_moment(moment: datetime) -> str:
    """Return the date and time on the practice's clock, as staff type them."""
    day, time = to_practice_clock(moment)
    return f"{day} {time}"


def to_practice_clock(moment: datetime) -> tuple[date, str]:
    """Return the date and the time of day; with its offset if the time occurs twice.

    If the local date is out of range, both are in UTC, with that offset.
    """
    try:
        local = moment.astimezone(ZoneInfo(settings.PRACTICE_TIME_ZONE))
    except OverflowError:
        return moment.date(), moment.strftime("%H:%M+00:00")
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    offset = local.isoformat()[-6:] if first != second else ""
    return local.date(), f"{local:%H:%M}{offset}"
