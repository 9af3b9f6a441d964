"""The time zones that a person, a therapist or the practice can have."""

from zoneinfo import available_timezones

# PostgreSQL reads these as abbreviations, which have no summer time.
ABBREVIATIONS = frozenset({"CET", "EET", "MET", "WET"})


def get_time_zones() -> set[str]:
    """Return the IANA names that mean the same to PostgreSQL and Python."""
    return available_timezones() - ABBREVIATIONS
