from booking.models import LogEntry, reference


class AppointmentRead(LogEntry):
    """Staff or a therapist opened appointments of a client."""

    client = reference(help_text="The client whose appointments were opened.")

    class Meta(LogEntry.Meta):
        verbose_name = "read"

    def __str__(self):
        return f"{self.client_id} by {self.user_id}"
