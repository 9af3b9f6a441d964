"""How often somebody may try to sign in or to register.

Counted in the database, so that all processes share the counts, and each attempt
in one statement, so that attempts at the same moment count one by one.
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

# The window begins with the first attempt; what is over is swept by later attempts.
COUNT_ATTEMPT = """
WITH swept AS (
    DELETE FROM accounts_throttlecounter WHERE key IN (
        SELECT key FROM accounts_throttlecounter
         WHERE expires_at < %(now)s AND key <> %(key)s
         LIMIT 10 FOR UPDATE SKIP LOCKED)
)
INSERT INTO accounts_throttlecounter AS attempt (key, count, expires_at)
VALUES (%(key)s, 1, %(expires_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN attempt.expires_at <= %(now)s THEN 1
                 ELSE attempt.count + 1 END,
    expires_at = CASE WHEN attempt.expires_at <= %(now)s THEN EXCLUDED.expires_at
                      ELSE attempt.expires_at END
RETURNING count, expires_at
"""


class AttemptThrottle(SimpleRateThrottle):
    """A DRF throttle whose counts live in the database.

    An attempt counts for the address it comes from and, if that one is within the
    rate, for the account that it names: an address that is refused already can lock
    nobody out, and fills no table with the accounts it makes up. One class does both,
    because DRF asks each of several throttles, also after one has refused.
    """

    def allow_request(self, request, view):
        if request.method != "POST":
            # A browser's question beforehand, or a mistake; no attempt.
            return True
        return self.admits_address(request) and self.admits_account(_named(request))

    def admits_address(self, request):
        """Count one attempt; return whether it is within the rate."""
        return self._count("address", network(self.get_ident(request)))

    def admits_account(self, email):
        if not isinstance(email, str):
            return True
        return self._count("account", User.objects.normalize_email(email))

    def _count(self, kind, subject):
        now = timezone.now()
        counted = {
            # Hashed: of one length, and no list of who tried to sign in.
            "key": hashlib.sha256(
                f"{self.scope} {kind} {subject}".encode()
            ).hexdigest(),
            "now": now,
            "expires_at": now + timedelta(seconds=self.duration),
        }
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ATTEMPT, counted)
            count, expires_at = cursor.fetchone()
        # Rounded up: whoever waits as long as told is never too early.
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


def login_wait(request, email):
    """Count a login outside the API; return the seconds to wait, or 0."""
    throttle = LoginThrottle()
    if throttle.admits_address(request) and throttle.admits_account(email):
        return 0
    return throttle.wait()


def _named(request):
    return request.data.get("email") if isinstance(request.data, dict) else None


def network(address):
    """An IPv6 subscriber has a whole /64 to send from; an IPv4 one, the address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
