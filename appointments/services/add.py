from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from appointments.availability.rules import get_candidate, refuse_broken
from appointments.errors import (
    ClientNotAllowed,
    HoldNotAllowed,
    UnknownClient,
    UnknownTherapist,
)
from appointments.models.statuses import Right, Role, Status
from appointments.services import holds, invitations
from appointments.services.book import book_version
from appointments.services.change import ATTEMPTS, write
from appointments.services.discretion import limit_client_busy
from appointments.services.limits import HAS_ROOM, get_most_upcoming
from appointments.services.participants import (
    check_client,
    get_actor_parameters,
    get_managing_role,
)
from appointments.sql import (
    ACTOR,
    APPOINTMENT,
    APPOINTMENT_JOINS,
    LOCKED_CLIENT,
    LOCKED_THERAPIST,
    AppointmentRow,
)
from booking.statements import Statement

# Overlaps are left to the constraints, which see what is committed during the wait for
# the locks. Nothing is added if the therapist or the client was deactivated meanwhile.
ADD = Statement(
    "add",
    f"""
WITH {LOCKED_THERAPIST}, {LOCKED_CLIENT}, {ACTOR}, added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            was_published, hold_expires_at, overridden, created_at, updated_at)
    SELECT diary.id, person.id, %(type)s, %(status)s, %(start)s, %(end)s,
           %(end)s + diary.break_minutes * interval '1 minute',
           %(was_published)s, %(hold_expires_at)s, %(overridden)s, %(now)s, %(now)s
      FROM diary CROSS JOIN actor LEFT JOIN person ON person.is_active
     WHERE (diary.is_active OR %(is_practice)s)
       AND (person.id IS NULL) = (%(client_id)s::bigint IS NULL)
       AND {HAS_ROOM}
    RETURNING *, xmin::text AS version, FALSE AS hold_expired
)
SELECT {APPOINTMENT}
  FROM added a {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)


class RequestedClient(NamedTuple):
    """The client whom staff or the therapist name, by account or by address."""

    id: int | None = None
    email: str | None = None


def add(
    *,
    user: User,
    therapist_id: int,
    start: datetime,
    duration: int,
    type: str,
    client_id: int | None = None,
    client_email: str | None = None,
    hold: bool = False,
) -> AppointmentRow:
    """Book the period for the user, or let staff or its therapist fill the diary.

    The duration is in minutes, the start aware and in whole minutes. A client's request
    that equals an available appointment books that one. Without a client, staff and the
    therapist publish an available appointment. A client may `hold` the time instead of
    booking it (`TooManyHolds` for a fourth, and for too many of one therapist in a day).
    With `client_email`, the time is held for whoever reads that address (`invitations`).

    Raises `UnknownTherapist` or `UnknownClient` for people whom the user may not name,
    `ClientNotAllowed` for naming a client in a foreign diary, `RulesRefuse` with every
    rule that refuses a client (staff and the therapist find these in `overridden`),
    `TooManyAppointments` if no rule does, and `TherapistBusy` or `ClientBusy` when only
    another appointment is in the way.
    """
    period = {
        "therapist_id": therapist_id,
        "type": type,
        "start": start,
        "duration": duration,
    }
    client = RequestedClient(client_id, client_email)
    with transaction.atomic() if hold or client_email else nullcontext():
        row = _add_at_last(user, period, client, hold)
        if hold:
            holds.refuse_too_many(user, therapist_id)
        if client_email:
            row = invitations.invite(user, row, client_email)
    return row


def _add_at_last(user, period, client, hold):
    """Decide again while nothing was written.

    During the wait for the locks the available appointment may change, and the therapist
    or client may be deactivated.
    """
    actor = get_actor_parameters(user)
    for _ in range(ATTEMPTS):
        if row := _add(user, actor, period, client, hold):
            return row
    raise UnknownClient if client.id else UnknownTherapist


def _add(user, actor, period, client, hold):
    """Look, then book the available appointment or insert; None if nothing was written."""
    candidate = get_candidate(**period)
    if candidate is None:
        raise UnknownTherapist
    role = get_managing_role(
        user,
        candidate.therapist_user_id,
        Right.ADD_APPOINTMENT,
        therapist_is_active=candidate.therapist_is_active,
    )
    manages = role != Role.CLIENT
    _refuse_people(user, candidate, manages, client, hold)
    parameters = actor | {
        "therapist_id": candidate.therapist_id,
        "client_id": client.id if manages else actor["user"],
        "most_upcoming": get_most_upcoming(role),
        "now": timezone.now(),
    }
    expiry = holds.get_expiry() if hold else None
    if candidate.bookable_id and not manages:
        version = {"id": candidate.bookable_id, "version": candidate.bookable_version}
        return book_version(parameters | version, hold_expires_at=expiry)
    if not manages:
        refuse_broken(candidate)
    if client.email:
        expiry = invitations.get_expiry(period["start"])
    parameters |= _get_columns(period, parameters["client_id"], expiry)
    parameters |= {
        "is_practice": role == Role.PRACTICE,
        "overridden": candidate.broken_rules,
    }
    with limit_client_busy(
        user,
        role,
        therapist_id=candidate.therapist_id,
        client_id=client.id,
        start=period["start"],
    ):
        return write(ADD, parameters)


def _refuse_people(user, candidate, manages, client, hold):
    if manages and hold:
        raise HoldNotAllowed
    if not manages and not candidate.therapist_is_active:
        raise UnknownTherapist
    if client == RequestedClient():
        return
    if not manages:
        raise ClientNotAllowed
    if client.email:
        return
    check_client(
        user,
        client.id,
        Right.ADD_APPOINTMENT,
        therapist_id=candidate.therapist_id,
        therapist_user_id=candidate.therapist_user_id,
    )


def _get_columns(period, client_id, expiry) -> dict[str, Any]:
    status = Status.BOOKED if client_id else Status.AVAILABLE
    return {
        "type": period["type"],
        "status": Status.HELD if expiry else status,
        "was_published": not client_id and not expiry,
        "start": period["start"],
        "end": period["start"] + timedelta(minutes=period["duration"]),
        "hold_expires_at": expiry,
    }
