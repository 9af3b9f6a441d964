"""Changes of the diary, as triggers on its history note them."""

import pgtrigger
from django.db import models

from appointments.models import Appointment, Series


class Change(models.Model):
    """A change of the diary that nobody was told of yet, by its entry in the history.

    Triggers write it. `relay` reads and deletes it.
    """

    event_id = models.BigIntegerField(help_text="The entry in the history.")
    is_of_series = models.BooleanField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{'series' if self.is_of_series else 'appointment'} {self.event_id}"


def _note_change(name, is_of_series, condition=None):
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=condition,
        func=f"""
INSERT INTO notifications_change (event_id, is_of_series)
VALUES (NEW.pgh_id, {is_of_series});
RETURN NULL;
""",  # noqa: S608
    )


class AppointmentEvent(Appointment.pgh_event_model):
    """An entry in the history of an appointment, told of if it concerns a client."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            _note_change(
                "note_change",
                "FALSE",
                pgtrigger.Q(
                    new__status__in=["booked", "cancelled", "completed", "no_show"],
                    new__client__isnull=False,
                )
                # An invitation that was declined.
                | pgtrigger.Q(new__status="cancelled", new__cancelled_by="client"),
            )
        ]


class SeriesEvent(Series.pgh_event_model):
    """An entry in the history of a series."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [_note_change("note_change", "TRUE")]
