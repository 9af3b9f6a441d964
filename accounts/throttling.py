"""Limits on requests: registrations, changes by a user, searches by anyone.

Failures to sign in have limits of their own, in `sign_in`.
"""

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import BaseThrottle

from accounts.authentication import TokenAuthentication
from accounts.counters import COUNT, get_address, get_key, get_rate, get_wait
from accounts.models import User


class Throttle(BaseThrottle):
    """A DRF throttle whose counts are in the database. It limits only some methods."""

    scope: str
    expires_at = None

    @classmethod
    def limits(cls, method: str) -> bool:
        return method not in SAFE_METHODS

    def allow_request(self, request, view):
        rate = get_rate(self.scope)
        if rate is None or not self.limits(request.method):
            return True
        return all(count <= rate.most for count in self.count(request, rate))

    def count(self, request, rate):
        """Count the request; yield each count to which the rate applies."""
        raise NotImplementedError

    def count_for(self, kind, subject, rate):
        key = get_key(self.scope, kind, subject)
        count, self.expires_at = COUNT.fetch_one(**rate.get_parameters(key))
        return count

    def wait(self):
        return get_wait(self.expires_at)


class RegisterThrottle(Throttle):
    """Counts for the address, and for the account if the address is within the rate.

    So a refused address cannot lock out an account, nor fill the table with invented
    ones. One class counts both: of several throttles, DRF asks each, even after one has
    refused.
    """

    scope = "register"

    def count(self, request, rate):
        yield self.count_for("address", get_address(request), rate)
        email = request.data.get("email") if isinstance(request.data, dict) else None
        if isinstance(email, str):
            yield self.count_for("account", User.objects.normalize_email(email), rate)


class ChangeThrottle(Throttle):
    """Limits what a signed-in user changes. The authentication has counted it already."""

    scope = "change"

    def count(self, request, rate):
        counted = getattr(request, "counted_change", None)
        if counted is not None:
            self.expires_at = counted.expires_at
            yield counted.count


class SearchThrottle(Throttle):
    """Limits searches from one address without a valid token.

    Searches with one do not count: many clients may share an address. A token counts as
    valid until it expires (`ACCESS_TOKEN_MINUTES`), even if its session has ended or its
    account is inactive. To look that up would cost each search a statement, and such
    a token came from a sign-in.
    """

    scope = "search"

    @classmethod
    def limits(cls, method):
        return method in ("GET", "HEAD")

    def count(self, request, rate):
        if not _has_token(request):
            yield self.count_for("address", get_address(request), rate)


def _has_token(request):
    """Tell whether the request has a valid token, without reading its user."""
    authentication = TokenAuthentication()
    try:
        raw_token = authentication.get_raw_token(
            authentication.get_header(request) or b""
        )
        return bool(raw_token and authentication.get_validated_token(raw_token))
    except AuthenticationFailed:
        return False
