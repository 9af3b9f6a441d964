from django.db import models


class ThrottleCounter(models.Model):
    """A count of what one address, account or user did since the window started."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return f"{self.count} until {self.expires_at:%H:%M:%S}"
