from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from accounts.models.user import User
from booking.time_zones import format_moment

# How many exchanged tokens a session remembers at most.
MOST_ROTATED = 50


class SessionQuerySet(models.QuerySet):
    def unexpired(self):
        return self.filter(expires_at__gt=timezone.now())


class Session(models.Model):
    """A sign-in through the API, which one refresh token after the other carries on.

    No token is stored, only its `jti`.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    jti = models.CharField(
        max_length=32, help_text="The id of the only refresh token that works."
    )
    rotated = models.JSONField(
        default=dict, help_text="Ids of the last tokens, and when they were exchanged."
    )
    started_at = models.DateTimeField()
    address = models.GenericIPAddressField(
        null=True, help_text="The address from which the user signed in."
    )
    used_at = models.DateTimeField(
        help_text="When the last refresh token was exchanged, for a list of sessions."
    )
    expires_at = models.DateTimeField(db_index=True)

    objects = SessionQuerySet.as_manager()

    def __str__(self):
        return f"{self.user_id} since {format_moment(self.started_at)}"

    def rotate(self, jti: str, now: datetime, grace: timedelta):
        """Make this the token that works; forget those rotated longer ago than grace."""
        oldest = (now - grace).timestamp()
        recent = [(at, old) for old, at in self.rotated.items() if at >= oldest]
        # Bounded, for a client that rotates without end.
        latest = sorted(recent)[1 - MOST_ROTATED :]
        self.rotated = {old: at for at, old in latest} | {self.jti: now.timestamp()}
        self.jti, self.used_at = jti, now

    def has_rotated(self, jti: str, since: datetime) -> bool:
        return self.rotated.get(jti, 0) >= since.timestamp()
