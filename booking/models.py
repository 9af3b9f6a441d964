from django.conf import settings
from django.db import models


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
        return f"{self.status} until {self.expires_at:%Y-%m-%d %H:%M}"
