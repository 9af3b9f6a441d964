from django.conf import settings
from django.db import models

from accounts.addresses import AddressField
from appointments.models.appointment import Appointment
from booking.time_zones import format_moment


class Invitation(models.Model):
    """An appointment that the reader of an address may accept, with or without an account.

    The appointment is held meanwhile, and has no client.
    """

    appointment = models.OneToOneField(
        Appointment, on_delete=models.CASCADE, related_name="invitation"
    )
    email = AddressField()
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="A hash of the code; empty until a mail has it.",
    )
    guesses_left = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField(db_index=True)
    is_relayed = models.BooleanField(
        default=False, help_text="Whether a worker has taken it up."
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["id"],
                name="invitation_to_relay",
                condition=models.Q(is_relayed=False),
            )
        ]

    def __str__(self):
        return f"{self.appointment_id} until {format_moment(self.expires_at)}"
