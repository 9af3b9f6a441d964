"""The time zones that may be chosen."""

from zoneinfo import available_timezones

# PostgreSQL takes these for abbreviations, which have no summer time.
READ_AS_ABBREVIATIONS = frozenset({"CET", "EET", "MET", "WET"})


def time_zones() -> set[str]:
    """Return the IANA names that PostgreSQL and Python understand alike."""
    return available_timezones() - READ_AS_ABBREVIATIONS
