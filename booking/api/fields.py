"""Serializer fields for requests, shared by all apps."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LARGEST_ID = 2**63 - 1
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


class IdField(serializers.IntegerField):
    def __init__(self, **options):
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)


@extend_schema_field({"type": "string", "examples": ["2027-06-06T12:41+02:00"]})
class MomentField(serializers.DateTimeField):
    """A whole minute in ISO 8601; without an offset, in the practice's time zone.

    The value is a datetime in UTC. A local time that does not exist, or that occurs
    twice, is refused (`nonexistent_time`, `ambiguous_time`).
    """

    default_error_messages = {
        "invalid": "Write it like 2027-06-06T12:41, 2027-06-06T12:41Z or "
        "2027-06-06T12:41+02:00.",
        "not_whole_minute": "Choose a whole minute.",
        "nonexistent_time": "Clocks in {zone} skip this time. Choose another.",
        "ambiguous_time": "This time occurs twice in {zone}. Add its offset.",
        "out_of_range": "This is too far in the past or the future.",
    }

    def to_internal_value(self, value):
        moment = self._parse(value)
        try:
            if moment.tzinfo is None:
                moment = self._localize(moment)
            return moment.astimezone(UTC)
        except OverflowError:
            self.fail("out_of_range")

    def _parse(self, value):
        match = MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            self.fail("invalid")
        try:
            moment = datetime.fromisoformat(match[0].upper())
        except ValueError:
            self.fail("invalid")
        # Some programs write nine digits, and Python reads six.
        if moment.second or (match["fraction"] or "").strip("0"):
            self.fail("not_whole_minute")
        return moment

    def _localize(self, local):
        zone = ZoneInfo(settings.PRACTICE_TIME_ZONE)
        first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            return first
        round_trip = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        # A time in a gap also has two offsets, but a round trip by UTC changes it.
        code = "ambiguous_time" if round_trip == local else "nonexistent_time"
        self.fail(code, zone=zone.key)
