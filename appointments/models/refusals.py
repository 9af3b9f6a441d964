from django.db import models

from booking.models import LogEntry, reference
from booking.time_zones import format_moment


class ClientBusyRefusal(LogEntry):
    """A therapist's booking that was refused because the client is busy elsewhere.

    Each one tells the therapist something about the client's other appointments. So they
    are limited, and kept for staff to read.
    """

    therapist = models.ForeignKey(
        "therapists.Therapist",
        on_delete=models.DO_NOTHING,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    client = reference(help_text="The client who is busy.", db_index=False)
    start = models.DateTimeField(help_text="When the refused appointment would start.")

    class Meta(LogEntry.Meta):
        verbose_name = "refusal because the client is busy"
        verbose_name_plural = "refusals because the client is busy"
        indexes = [
            *LogEntry.Meta.indexes,
            # For counting those of the last hour.
            models.Index(fields=["therapist", "at"], name="client_busy_by_therapist"),
        ]

    def __str__(self):
        return f"{self.therapist_id}, {format_moment(self.at)}"
