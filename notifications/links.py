"""Links of mails: each lets its reader do one thing, without signing in.

A link is signed. It says what it is for, and the state in which it works: after that has
changed, it has expired. Its page asks before it acts, as programs that look for malware
follow links.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.db import models

PREFIX = "/link/"
SALT = "notifications.links"


class LinkPurpose(models.TextChoices):
    CANCEL = "cancel", "cancel an appointment"
    CONFIRM = "confirm", "confirm that one comes"
    INVITATION = "invitation", "accept or decline an invitation"
    VERIFY = "verify", "verify an address"
    RESET = "reset", "set a new password"


class Link(NamedTuple):
    """The purpose of a link, and the facts that its page needs."""

    purpose: LinkPurpose
    facts: dict[str, Any]


def make_link(purpose: LinkPurpose, **facts: Any) -> str:
    """Return the address of the page. The facts can be read by whoever has it."""
    token = signing.dumps([purpose, facts], salt=SALT)
    return f"{settings.PUBLIC_URL}{PREFIX}{token}"


def read_link(token: str) -> Link | None:
    """Return what the link says, or None if this service did not sign it."""
    try:
        purpose, facts = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Link(LinkPurpose(purpose), facts)
