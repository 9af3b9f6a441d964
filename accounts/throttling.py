"""Limits on attempts to sign in and to register.

The counts are in the database, so that all processes share them. An attempt is counted
in one statement, so that simultaneous attempts all count.
"""

import hashlib
import ipaddress
import math
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import User

COUNT_ATTEMPT = """
-- Each attempt deletes a few expired counters of others.
WITH swept AS (
    DELETE FROM accounts_throttlecounter WHERE key IN (
        SELECT key FROM accounts_throttlecounter
         WHERE expires_at < %(now)s AND key <> %(key)s
         LIMIT 10 FOR UPDATE SKIP LOCKED)
)
INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
VALUES (%(key)s, 1, %(expires_at)s)
-- The window starts with the first attempt. After it, the next one starts a new window.
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.expires_at <= %(now)s THEN 1
                 ELSE counter.count + 1 END,
    expires_at = CASE WHEN counter.expires_at <= %(now)s THEN EXCLUDED.expires_at
                      ELSE counter.expires_at END
RETURNING count, expires_at
"""


class AttemptThrottle(SimpleRateThrottle):
    """A DRF throttle whose counts are in the database.

    An attempt counts for its network address. If the address is within the rate, it
    counts for the account as well. So a refused address cannot lock out an account, nor
    fill the table with invented ones. One class counts both: of several throttles, DRF
    asks each, even after one has refused.
    """

    def allow_request(self, request, view):
        if request.method != "POST":
            # A preflight request or a wrong method is no attempt.
            return True
        return self.admits_address(request) and self.admits_account(_get_email(request))

    def admits_address(self, request):
        """Count an attempt; return whether its address is within the rate."""
        return self._count("address", get_network(self.get_ident(request)))

    def admits_account(self, email):
        if not isinstance(email, str):
            return True
        return self._count("account", User.objects.normalize_email(email))

    def _count(self, kind, subject):
        now = timezone.now()
        parameters = {
            # Hashed, for a fixed length, and to keep no list of people who sign in.
            "key": hashlib.sha256(
                f"{self.scope} {kind} {subject}".encode()
            ).hexdigest(),
            "now": now,
            "expires_at": now + timedelta(seconds=self.duration),
        }
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ATTEMPT, parameters)
            count, expires_at = cursor.fetchone()
        # Rounded up, so that a client that waits this long is not too early.
        self.seconds_left = max(1, math.ceil((expires_at - now).total_seconds()))
        return count <= self.num_requests

    def wait(self):
        return self.seconds_left

    def get_rate(self):
        return settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][self.scope]


class LoginThrottle(AttemptThrottle):
    scope = "login"


class RegisterThrottle(AttemptThrottle):
    scope = "register"


def count_login(request, email):
    """Count a login outside the API; return the seconds to wait, or 0."""
    throttle = LoginThrottle()
    if throttle.admits_address(request) and throttle.admits_account(email):
        return 0
    return throttle.wait()


def _get_email(request):
    return request.data.get("email") if isinstance(request.data, dict) else None


def get_network(address):
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
