from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import connection, models, transaction
from django.utils import timezone

from booking.origin import LONGEST_PATH
from booking.time_zones import format_moment


class IdempotentResponse(models.Model):
    """The response to a request with an Idempotency-Key, stored for its repetition."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(
        max_length=64, help_text="A hash of the request: its method, route and body."
    )
    rights = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="A hash of the user's rights at the time; empty for clients.",
    )
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    etag = models.CharField(max_length=80, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="response_one_per_user_and_key"
            )
        ]

    def __str__(self):
        return f"{self.status} until {format_moment(self.expires_at)}"


def reference(**options) -> models.ForeignKey:
    """Return a column that names an account by its number, for good.

    The number stays when the account is gone; the reference then leads to none.
    """
    defaults = {
        "on_delete": models.DO_NOTHING,
        "db_constraint": False,
        "null": True,
        "related_name": "+",
    }
    return models.ForeignKey(settings.AUTH_USER_MODEL, **defaults | options)


class LogEntry(models.Model):
    """A row that is written once: who did something, when, and by which request.

    A trigger refuses to change or delete it, so that no mistake of ours does. In production
    the application's role also lacks the right. Only `prune` deletes, as the owner.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    user = reference(help_text="The account that acted; none if nobody was signed in.")
    request_id = models.CharField(  # noqa: DJ001
        "our request id", max_length=64, null=True, help_text="Made here."
    )
    caller_request_id = models.CharField(  # noqa: DJ001
        "caller's request id", max_length=64, null=True, help_text="As it was sent."
    )
    address = models.GenericIPAddressField(null=True)
    path = models.CharField(max_length=LONGEST_PATH, blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]
        # Rows are in the order of time, so this index is tiny.
        indexes = [BrinIndex(fields=["at"], name="%(class)s_at")]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    @classmethod
    def prune(cls, days: int) -> int:
        """Delete what is older than so many days; return how many rows that were."""
        table = connection.ops.quote_name(cls._meta.db_table)
        trigger = next(t for t in cls._meta.triggers if t.name == "append_only")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pgtrigger.ignore', %s, TRUE)",
                [f"{{{trigger.get_pgid(cls)}}}"],
            )
            oldest = timezone.now() - timedelta(days=days)
            cursor.execute(f"DELETE FROM {table} WHERE at < %s", [oldest])  # noqa: S608
            return cursor.rowcount
