"""The request that the current thread answers: its ids, its sender's address, its path.

Each request has an id of ours. The caller's own is kept apart from it, because callers can
send one twice, or one of others.
"""

import re
from contextvars import ContextVar
from typing import NamedTuple

# The key of our id in the WSGI environment.
ENVIRONMENT_KEY = "booking.request_id"
LONGEST_PATH = 200
# Paths of feeds, and of links in mails, open something.
SECRET_PATH = re.compile(r"(/(?:calendar|link)/)[\w:-]{20,}")


class Origin(NamedTuple):
    """Where a change or a read comes from; empty outside a request."""

    request_id: str | None = None
    caller_request_id: str | None = None
    address: str | None = None
    path: str = ""

    @property
    def public_id(self) -> str | None:
        """The id that the response shows: the caller's, or else ours."""
        return self.caller_request_id or self.request_id


NONE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NONE)


def set_origin(origin: Origin) -> None:
    """Remember the request until this thread answers another."""
    _origin.set(origin)


def get_origin() -> Origin:
    return _origin.get()


def hide_secret(path: str) -> str:
    """Return the path without what opens something."""
    return SECRET_PATH.sub(r"\1[secret]", path)
