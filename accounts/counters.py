"""Counters of what one address, account or user did lately, within the rates set.

They are in the database, so that all processes share them. Each is counted in one
statement, so that simultaneous requests all count. The table is unlogged: counting waits
for no disk, and a crash of PostgreSQL starts all windows anew.
"""

import hashlib
import ipaddress
import math
from datetime import datetime
from functools import cache
from time import time
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from accounts.models import ThrottleCounter
from booking.statements import Statement

# Moments are sent as seconds since 1970: psycopg takes 0.01 ms for each datetime.
NOW = "to_timestamp(%(now)s::float8)"
END = "to_timestamp(%(now)s::float8 + %(seconds)s)"
# The window starts with what is counted first. After it, the next starts a new one.
COUNT_AGAIN = f"""count = CASE WHEN counter.expires_at <= {NOW} THEN 1
                     ELSE counter.count + 1 END,
        expires_at = CASE WHEN counter.expires_at <= {NOW} THEN EXCLUDED.expires_at
                          ELSE counter.expires_at END"""


class CountRow(NamedTuple):
    count: int
    expires_at: datetime


COUNT = Statement(
    "count",
    f"""
INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
VALUES (%(key)s, 1, {END})
ON CONFLICT (key) DO UPDATE
    SET {COUNT_AGAIN}
RETURNING count, expires_at
""",  # noqa: S608
    CountRow,
)


class Rate(NamedTuple):
    most: int
    seconds: int

    def get_parameters(self, key: str) -> dict[str, Any]:
        """Return the parameters of a statement that counts."""
        return {"key": key, "now": time(), "seconds": self.seconds}


def get_rate(scope: str) -> Rate | None:
    """Return the rate that the settings have; None sets no limit."""
    text = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"].get(scope)
    return text and _parse_rate(text)


@cache
def _parse_rate(text):
    return Rate(*SimpleRateThrottle.parse_rate(None, text))


def get_key(scope: str, kind: str, subject: object) -> str:
    """Return a counter's key: of fixed length, and without the names of people."""
    return hashlib.sha256(f"{scope} {kind} {subject}".encode()).hexdigest()


def get_wait(until: datetime) -> int:
    """Return the seconds from now; a client that waits so long is not too early."""
    return max(1, math.ceil((until - timezone.now()).total_seconds()))


def get_address(request) -> str:
    """Return the address that counts for a request: that of its network."""
    return get_network(BaseThrottle().get_ident(request))


def get_network(address: str) -> str:
    """Return what one subscriber has: an IPv4 address, or a /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))


def delete_expired() -> int:
    """Delete the expired counters; return how many there were."""
    expired = ThrottleCounter.objects.filter(expires_at__lte=timezone.now())
    return expired.delete()[0]
