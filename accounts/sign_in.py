"""Limits on failures to sign in, for the API and the admin alike.

Only failures count. Of one account from one address they make the next try wait, longer
each time. All failures of one account, and all from one address, have an hourly limit;
so a stranger with one address runs into the wait long before the account's limit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework.exceptions import APIException

from accounts.counters import END, NOW, CountRow, get_key, get_rate, get_wait
from accounts.errors import TooManyFailures
from accounts.hashers import hashing_place
from accounts.models import ThrottleCounter, User
from accounts.queue import queue_sign_in
from booking.statements import Statement

# So many failures are free; then the wait starts, and doubles up to the longest.
FREE_FAILURES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
# After so long without a failure, an account and address start anew.
FORGOTTEN_AFTER = timedelta(hours=1)


COUNT_FAILURE = Statement(
    "count_failure",
    f"""
INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
SELECT subject, 1, CASE WHEN subject = %(key)s
                        THEN to_timestamp(%(now)s::float8 + %(forgotten_after)s)
                        ELSE {END} END
  FROM unnest(%(keys)s::text[]) subject
 -- Two failures lock their counters in one order.
 ORDER BY subject
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.expires_at <= {NOW} THEN 1 ELSE counter.count + 1 END,
    -- The window of an account, or of an address, starts with its first failure. That of
    -- both together starts with its last.
    expires_at = CASE WHEN counter.expires_at <= {NOW} OR counter.key = %(key)s
                      THEN EXCLUDED.expires_at ELSE counter.expires_at END
RETURNING count, expires_at
""",  # noqa: S608
    CountRow,
)


@contextmanager
def count_failures(address: str, email: str) -> Iterator[None]:
    """Refuse if too much failed before; count it as a failure if the block refuses.

    A success forgets the failures of this account from this address. The check and the
    password's hash happen in one place to hash, so that simultaneous tries in one
    process see each other's failures; in several processes they may not. Raises
    `TooManySignIns` if too many wait for that place.
    """
    account = User.objects.normalize_email(email)
    with queue_sign_in(address, account), hashing_place():
        limits = FailureLimits(
            get_key("login", "pair", f"{address} {account}"),
            get_key("login", "account", account),
            get_key("login", "address", address),
        )
        limits.check()
        try:
            yield
        except (APIException, ValidationError):
            limits.count()
            raise
        limits.forget()


class FailureLimits:
    """A growing wait for one counter, and an hourly limit for each of the others."""

    def __init__(self, waiting_key: str, *limited_keys: str):
        self.rate = get_rate("login")
        self.now = timezone.now()
        self.waiting_key = waiting_key
        self.keys = [waiting_key, *limited_keys]
        self.counters = ThrottleCounter.objects.filter(key__in=self.keys)

    def check(self):
        """Refuse while one of the counters has a wait left."""
        unexpired = self.counters.filter(expires_at__gt=self.now)
        until = max(map(self._get_end, unexpired), default=self.now)
        if until > self.now:
            raise TooManyFailures(get_wait(until))

    def count(self):
        COUNT_FAILURE.fetch_all(
            **self.rate.get_parameters(self.waiting_key),
            keys=self.keys,
            forgotten_after=int(FORGOTTEN_AFTER.total_seconds()),
        )

    def forget(self):
        self.counters.filter(key=self.waiting_key).delete()

    def _get_end(self, counter):
        """Return when the counter's wait is over."""
        if counter.key == self.waiting_key:
            last_failure = counter.expires_at - FORGOTTEN_AFTER
            return last_failure + _get_wait_after(counter.count)
        return counter.expires_at if counter.count >= self.rate.most else self.now


def _get_wait_after(failures: int) -> timedelta:
    doublings = failures - FREE_FAILURES
    if doublings < 0:
        return timedelta()
    # Bounded before it is computed: a timedelta cannot hold every power of two.
    return min(FIRST_WAIT * 2 ** min(doublings, 20), LONGEST_WAIT)
