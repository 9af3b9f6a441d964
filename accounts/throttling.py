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
    DELETE FROM accounts_attempt WHERE key IN (
        SELECT key FROM accounts_attempt
         WHERE expires_at < %(now)s AND key <> %(key)s
         LIMIT 10 FOR UPDATE SKIP LOCKED)
)
INSERT INTO accounts_attempt AS attempt (key, count, expires_at)
VALUES (%(key)s, 1, %(expires_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN attempt.expires_at <= %(now)s THEN 1
                 ELSE attempt.count + 1 END,
    expires_at = CASE WHEN attempt.expires_at <= %(now)s THEN EXCLUDED.expires_at
                      ELSE attempt.expires_at END
RETURNING count, expires_at
"""


class AttemptThrottle(SimpleRateThrottle):
    """A DRF throttle whose counts live in the database."""

    def allow_request(self, request, view):
        subject = self.subject(request)
        return subject is None or self.attempt(subject)

    def attempt(self, subject):
        """Count one attempt; return whether it is within the rate."""
        now = timezone.now()
        text = f"{self.scope} {type(self).__name__} {subject}"
        counted = {
            # Hashed: of one length, and no list of who tried to sign in.
            "key": hashlib.sha256(text.encode()).hexdigest(),
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


class ByAddress(AttemptThrottle):
    def subject(self, request):
        return network(self.get_ident(request))


class ByAccount(AttemptThrottle):
    def subject(self, request):
        email = request.data.get("email") if isinstance(request.data, dict) else None
        return account(email)


class LoginByAddress(ByAddress):
    scope = "login"


class LoginByAccount(ByAccount):
    scope = "login"


class RegisterByAddress(ByAddress):
    scope = "register"


class RegisterByAccount(ByAccount):
    scope = "register"


def login_wait(request, email):
    """Count a login outside the API; return the seconds to wait, or 0."""
    by_address, by_account = LoginByAddress(), LoginByAccount()
    subjects = {by_address: by_address.subject(request), by_account: account(email)}
    waits = [
        throttle.wait()
        for throttle, subject in subjects.items()
        if subject is not None and not throttle.attempt(subject)
    ]
    return max(waits, default=0)


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


def account(email):
    return User.objects.normalize_email(email) if isinstance(email, str) else None
