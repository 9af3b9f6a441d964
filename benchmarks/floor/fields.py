"""The checks of the fields that several requests have."""

import re
from datetime import UTC, datetime

TYPES = ("one-off", "consultation")
START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z", re.ASCII)


def check_type(type):
    if type not in TYPES:
        raise ValueError
    return type


def parse_start(text):
    """Return a moment in the future, given in UTC and whole minutes."""
    if not START.fullmatch(text):
        raise ValueError
    start = datetime.fromisoformat(text)
    if start <= datetime.now(UTC):
        raise ValueError
    return start
