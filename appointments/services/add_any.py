from datetime import datetime

from django.db import transaction

from accounts.models import User
from appointments.availability.free_therapists import find_free_therapists
from appointments.errors import (
    ClientNotAllowed,
    ClientRequired,
    NobodyFree,
    TherapistBusy,
    UnknownTherapist,
)
from appointments.services.add import add
from appointments.services.change import ATTEMPTS
from appointments.services.participants import acts_for_practice
from appointments.sql import AppointmentRow
from booking.api.errors import RulesRefuse

# A therapist is no longer free. Then the next one is tried.
NO_LONGER_FREE = (TherapistBusy, RulesRefuse, UnknownTherapist)


def add_any(
    *,
    user: User,
    start: datetime,
    duration: int,
    type: str,
    any: dict[str, list[str]],
    client_id: int | None = None,
    client_email: str | None = None,
    hold: bool = False,
) -> AppointmentRow:
    """Book the start with any therapist who is free then and offers it.

    The duration is in minutes. `any` has the filters of `find_free_therapists`, which also
    has the order. The rules bind staff here too, who name a client.

    Raises `NobodyFree`, and what `add` raises for the client: `ClientBusy`,
    `TooManyAppointments`, `TooManyHolds`, `UnknownClient`.
    """
    client_named = {"client_id": client_id, "client_email": client_email}
    _refuse_client(user, *client_named.values())
    period = {"start": start, "duration": duration, "type": type}
    client = user.pk if client_id is None else client_id
    for _ in range(ATTEMPTS):
        ids = find_free_therapists(**period, client_id=client, filters=any)
        if not ids:
            break
        for therapist_id in ids:
            request = period | client_named | {"therapist_id": therapist_id}
            if row := _try(user, request, hold):
                return row
    raise NobodyFree


def _refuse_client(user, client_id, client_email):
    is_named = client_id is not None or client_email is not None
    if not is_named and acts_for_practice(user):
        raise ClientRequired
    if is_named and not acts_for_practice(user):
        raise ClientNotAllowed


def _try(user, request, hold):
    """Add, or return None if the therapist is no longer free."""
    try:
        # A refusal releases the locks that the attempt has taken.
        with transaction.atomic():
            return add(user=user, **request, hold=hold)
    except NO_LONGER_FREE:
        return None
