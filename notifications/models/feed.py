from django.conf import settings
from django.db import models


class FeedKind(models.TextChoices):
    MINE = "mine", "what one has as a client"
    DIARY = "diary", "one's diary, as a therapist"


class FeedNames(models.TextChoices):
    """How much a feed tells of the other person. Calendars are often shared."""

    NONE = "none"
    INITIALS = "initials"
    FULL = "full"


class Feed(models.Model):
    """A calendar that other programs read by a secret address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feeds"
    )
    kind = models.CharField(max_length=10, choices=FeedKind)
    names = models.CharField(max_length=10, choices=FeedNames, default=FeedNames.NONE)
    digest = models.CharField(
        max_length=64, unique=True, help_text="A hash of the secret in the address."
    )
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["created_at", "id"]

    def __str__(self):
        return f"{self.kind} of {self.user_id}"
