"""How many appointments and series to come a client may have.

These bind clients who book for themselves. Staff and therapists are not bound: a refusal
would tell a therapist how many appointments the client has with others.
"""

from django.conf import settings
from django.db.models import Count

from appointments.errors.rules import TooManyAppointments
from appointments.errors.series import TooManySeries
from appointments.models import Appointment
from appointments.models.statuses import Role
from booking.api.errors import RulesRefuse

# In a statement that has locked the client's row as `person`, before it adds to their
# appointments. The parameter `most_upcoming` is null where nothing binds.
HAS_ROOM = "client_has_room(person.id, %(most_upcoming)s::bigint, %(now)s)"


def get_most_upcoming(role: Role) -> int | None:
    """Return how many upcoming appointments a client may have who books in this role."""
    return settings.MAX_UPCOMING if role == Role.CLIENT else None


def refuse_series_beyond(client_id: int, *, added: int) -> None:
    """Raise `RulesRefuse` if a new series with so many dates is beyond the limits.

    Call this with the client's row locked.
    """
    upcoming = (
        Appointment.objects.upcoming()
        .filter(client=client_id)
        .aggregate(appointments=Count("pk"), series=Count("series", distinct=True))
    )
    broken = []
    if upcoming["series"] >= settings.MAX_SERIES:
        broken.append(TooManySeries)
    if upcoming["appointments"] + added > settings.MAX_UPCOMING:
        broken.append(TooManyAppointments)
    if broken:
        raise RulesRefuse(broken)
