"""PostgreSQL reads every available time zone as a zone, not as an abbreviation."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from booking.time_zones import get_time_zones

pytestmark = pytest.mark.django_db

MONTHS = [datetime(2027, month, 1, tzinfo=UTC) for month in range(1, 13)]


def test_no_zone_with_summer_time_is_read_as_an_abbreviation():
    with connection.cursor() as cursor:
        cursor.execute("SELECT abbrev, utc_offset FROM pg_timezone_abbrevs")
        abbreviations = dict(cursor.fetchall())

    zones = {name.upper(): name for name in get_time_zones()}
    taken = abbreviations.keys() & zones.keys()
    assert taken >= {"UTC", "GMT", "EST"}
    assert {name: offsets(zones[name]) for name in taken} == {
        name: {abbreviations[name]} for name in taken
    }


def offsets(name):
    zone = ZoneInfo(name)
    return {moment.astimezone(zone).utcoffset() or timedelta() for moment in MONTHS}
