from django.db import models

from appointments.models.appointment import Appointment
from booking.models import reference


class ScheduleConflict(models.Model):
    """An appointment that a change of the schedule has left outside the rules.

    It waits here until the practice is told, and then for as long as it may be shown.
    """

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="+"
    )
    user = reference(help_text="The user who changed the schedule.")
    found_at = models.DateTimeField(db_index=True)
    batch = models.BigIntegerField(
        null=True,
        db_index=True,
        help_text="The conflicts that are told together; none until then.",
    )

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.appointment_id}"
