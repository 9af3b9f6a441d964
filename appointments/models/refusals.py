import pgtrigger
from django.conf import settings
from django.db import models


class ClientBusyRefusal(models.Model):
    """A therapist's booking that was refused because the client is busy elsewhere.

    Each one tells the therapist something about the client's other appointments. So they
    are limited, and kept for staff to read. They outlive the people they name.
    """

    at = models.DateTimeField()
    therapist = models.ForeignKey(
        "therapists.Therapist",
        on_delete=models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    start = models.DateTimeField(help_text="When the refused appointment would start.")
    request_id = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "refusal because the client is busy"
        verbose_name_plural = "refusals because the client is busy"
        indexes = [
            models.Index(fields=["therapist", "at"], name="client_busy_by_therapist"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self):
        return f"{self.therapist}, {self.at:%Y-%m-%d %H:%M} UTC"
