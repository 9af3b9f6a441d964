"""Feeds: calendars that other programs read by an address which only their owner knows."""

import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications.errors import NoDiary, TooManyFeeds
from notifications.models import Feed, FeedKind

MOST_FEEDS = 20
PREFIX = "/calendar/"


def add_feed(user: User, kind: str, names: str) -> tuple[Feed, str]:
    """Return a new feed and its address. Only a hash of the address is stored.

    Raises `NoDiary` for the diary of somebody who is no active therapist, and
    `TooManyFeeds` beyond `MOST_FEEDS`.
    """
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        # Requests at once count one after the other.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        therapist = getattr(user, "therapist", None)
        if kind == FeedKind.DIARY and not (therapist and therapist.is_active):
            raise NoDiary
        if user.feeds.count() >= MOST_FEEDS:
            raise TooManyFeeds
        feed = user.feeds.create(
            kind=kind, names=names, digest=_digest(secret), created_at=timezone.now()
        )
    return feed, f"{settings.PUBLIC_URL}{PREFIX}{secret}.ics"


def find_feed(secret: str) -> Feed | None:
    """Return the feed of an active account, or None."""
    feeds = Feed.objects.filter(digest=_digest(secret), user__is_active=True)
    return feeds.select_related("user").first()


def _digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
