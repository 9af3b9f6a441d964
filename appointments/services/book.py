from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import NotFound

from accounts.models import User
from appointments.errors import (
    AlreadyHeld,
    AlreadyStarted,
    ClientNotAllowed,
    HoldExpired,
    TherapistBusy,
)
from appointments.errors.rules import TherapistInactive
from appointments.models.statuses import Operation, Right, Role, Status
from appointments.services import invitations
from appointments.services.change import (
    UNCHANGED,
    check_operation,
    retry_while_overtaken,
    write,
)
from appointments.services.discretion import limit_client_busy
from appointments.services.limits import HAS_ROOM, get_most_upcoming
from appointments.services.participants import check_client
from appointments.sql import (
    ACTOR,
    APPOINTMENT,
    APPOINTMENT_JOINS,
    LOCKED_CLIENT,
    LOCKED_THERAPIST,
    WRITTEN,
    AppointmentRow,
)
from booking.api.conditional import Precondition
from booking.api.errors import RulesRefuse
from booking.statements import Statement

BOOK = Statement(
    "book",
    f"""
WITH {LOCKED_THERAPIST}, {LOCKED_CLIENT}, {ACTOR}, changed AS (
    UPDATE appointments_appointment a
       SET status = %(status)s, client_id = person.id,
           hold_expires_at = %(hold_expires_at)s, updated_at = %(now)s
      FROM person, actor
     WHERE {UNCHANGED} AND person.is_active AND {HAS_ROOM}
    RETURNING {WRITTEN}
)
SELECT {APPOINTMENT}
  FROM changed a {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)


class StatusRow(NamedTuple):
    status: str


# Every loser of a race asks this. By the ORM, a race to book took a quarter more CPU.
LAST_STATUS = Statement(
    "last_status_of_user",
    """
-- The status in which the user had the appointment last. Materialized, because otherwise
-- PostgreSQL may walk the whole history backwards.
WITH entry AS MATERIALIZED (
    SELECT pgh_id, status
      FROM appointments_appointmentevent
     WHERE pgh_obj_id = %(id)s AND client_id = %(user)s
)
SELECT status FROM entry ORDER BY pgh_id DESC LIMIT 1
""",
    StatusRow,
)


HOLD_FOR_INVITED = Statement(
    "hold_for_invited",
    f"""
-- Nobody is the client until somebody accepts the invitation.
WITH {LOCKED_THERAPIST}, {ACTOR}, changed AS (
    UPDATE appointments_appointment a
       SET status = '{Status.HELD}', client_id = NULL,
           hold_expires_at = %(hold_expires_at)s, updated_at = %(now)s
      FROM diary, actor
     WHERE {UNCHANGED}
    RETURNING {WRITTEN}
)
SELECT {APPOINTMENT}
  FROM changed a {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)


def book(
    *,
    user: User,
    id: int,
    precondition: Precondition,
    client_id: int | None = None,
    client_email: str | None = None,
) -> AppointmentRow:
    """Book an available appointment, or convert one's own hold.

    Staff and the therapist name the client, or an address that they invite. Raises what `add` raises but for the rules:
    publishing it, or holding it, was allowed before. `TooManyAppointments` does not refuse
    one's own hold, which counts already. Raises `HoldExpired` to a client
    whose hold expired, for good, and `TherapistBusy` to one who lost a race for it.
    """

    def attempt():
        snapshot = _look(user, id, precondition)
        if client_email:
            return _invite(snapshot, user, client_email)
        client = _get_client(snapshot, user, client_id)
        if snapshot.start <= timezone.now():
            raise AlreadyStarted
        role = snapshot.get_role(user)
        if not snapshot.therapist_is_active and role == Role.CLIENT:
            raise RulesRefuse([TherapistInactive])
        with limit_client_busy(
            user,
            role,
            therapist_id=snapshot.therapist_id,
            client_id=client,
            start=snapshot.start,
        ):
            return book_version(
                snapshot.get_parameters(user)
                | {
                    "client_id": client,
                    # A hold counts already.
                    "most_upcoming": None
                    if snapshot.client_id
                    else get_most_upcoming(role),
                }
            )

    return retry_while_overtaken(attempt, gone=TherapistBusy)


def book_version(
    parameters, *, hold_expires_at: datetime | None = None
) -> AppointmentRow | None:
    """Book, or hold until then, one version of an appointment; None if it has changed."""
    status = Status.HELD if hold_expires_at else Status.BOOKED
    return write(
        BOOK, parameters | {"status": status, "hold_expires_at": hold_expires_at}
    )


def _invite(snapshot, user, email):
    """Hold it for the reader of the address; None if it has changed."""
    if snapshot.get_role(user) == Role.CLIENT:
        raise ClientNotAllowed
    if snapshot.status == Status.HELD:
        raise AlreadyHeld
    expiry = invitations.get_expiry(snapshot.start)
    if expiry <= timezone.now():
        raise AlreadyStarted
    parameters = snapshot.get_parameters(user) | {"hold_expires_at": expiry}
    with transaction.atomic():
        row = write(HOLD_FOR_INVITED, parameters)
        return row and invitations.invite(user, row, email)


def _look(user, id, precondition):
    try:
        return check_operation(Operation.BOOK, user, id, precondition)
    except NotFound:
        if _has_let_hold_expire(user, id):
            raise HoldExpired from None
        raise


def _has_let_hold_expire(user, id):
    """Tell whether the user had it last as a hold, whatever has become of it since."""
    last = LAST_STATUS.fetch_one(id=id, user=user.pk)
    return last is not None and last.status == Status.HELD


def _get_client(snapshot, user, client_id):
    if snapshot.get_role(user) == Role.CLIENT or user.pk == snapshot.client_id:
        if client_id:
            raise ClientNotAllowed
        return user.pk
    if snapshot.status == Status.HELD:
        raise AlreadyHeld
    check_client(
        user,
        client_id,
        Right.CHANGE_APPOINTMENT,
        therapist_id=snapshot.therapist_id,
        therapist_user_id=snapshot.therapist_user_id,
    )
    return client_id
