"""How many sign-ins wait to hash at once, so that a flood of them stalls nobody else.

Sign-ins beyond `HASHES_AT_ONCE` wait, which costs little. A process has room for 64
requests that wait (`MOST_LENT` of its worker), so sign-ins must not fill it.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from accounts.errors import TooManySignIns

# Per process. An office behind one address signs in at once, an account hardly does.
MOST = 48
MOST_OF_ADDRESS = 24
MOST_OF_ACCOUNT = 12
# A hash takes about a tenth of a second, so after this many the queue is another.
SECONDS = 3

_lock = Lock()
_waiting: Counter[str] = Counter()


@contextmanager
def queue_sign_in(address: str, account: str) -> Iterator[None]:
    """Count a sign-in that waits or hashes. Raises `TooManySignIns`, before it waits."""
    limits = {
        "all": MOST,
        f"address {address}": MOST_OF_ADDRESS,
        f"account {account}": MOST_OF_ACCOUNT,
    }
    _enter(limits)
    try:
        yield
    finally:
        _leave(limits)


def _enter(limits):
    with _lock:
        if any(_waiting[name] >= most for name, most in limits.items()):
            raise TooManySignIns(SECONDS)
        _waiting.update(limits.keys())


def _leave(limits):
    with _lock:
        _waiting.subtract(limits.keys())
        for name in limits:
            if not _waiting[name]:
                del _waiting[name]
