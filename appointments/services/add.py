"""Operations on the diary, each atomic."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.numeric import Int8

from accounts.models import User
from appointments import errors
from appointments.errors import OVERLAPS, RULES, ClientBusy, TherapistBusy
from appointments.services import holds
from appointments.services.statements.adding import ADD
from appointments.services.statements.locking import LOCK
from booking import audit
from booking.api.errors import RulesRefuse, violations_as
from therapists.models import Therapist


def add(
    *,
    user: User,
    therapist_id: int,
    start: datetime,
    duration: int,
    type: str,
    client_id: int | None = None,
    hold: bool = False,
):
    """Book the period for the user, or let staff or its therapist fill the diary.

    The duration is in minutes, the start aware and in whole minutes. A client's wish
    that equals an available appointment takes that one. Without a client, staff and
    the therapist publish an available appointment. A client may `hold` the time instead
    of booking it (`TooManyHolds` for a fourth).

    Returns a row as `listing.visible` does. Raises `ValidationError` for a therapist
    or client who does not exist for the user, `PermissionDenied` for naming a client
    in somebody else's diary, `RulesRefuse` with every rule that refuses a client (staff and
    the therapist find these in `overridden` of the appointment), and
    `TherapistBusy` or `ClientBusy` when only another appointment is in the way.
    """
    wish = _wish(user, therapist_id, client_id, start, duration, type, hold)
    if not hold:
        return _add(wish)
    with transaction.atomic():
        row = _add(wish)
        holds.refuse_too_many(user)
        return row


def _add(wish):
    row = _added(wish)
    if row is None:
        # Who takes part, or what was published, went while this waited for the diary:
        # without it the rules may say something else.
        row = _added(wish)
    if row is None:
        raise errors.UnknownClient if wish["client_id"] else errors.UnknownTherapist
    return row


def _added(wish):
    found = run(ADD, wish)
    if found is None:
        raise errors.UnknownTherapist
    problem, reasons, *row = found
    if problem:
        raise PROBLEMS[problem]
    if reasons:
        raise RulesRefuse([RULES[reason] for reason in reasons])
    return row if row[0] is not None else None


def run(statement: str, values: dict[str, Any]):
    """Run one statement that writes to the diary, wholly or not at all; return its row.

    Raises `TherapistBusy` or `ClientBusy` if that would overlap another appointment.
    The constraints know no clock: only when they refuse, holds that are over are released.
    """
    try:
        return _run(statement, values)
    except (TherapistBusy, ClientBusy):
        # Mostly there are none, and who lost a race does not wait for the locks again.
        if not holds.are_lapsed(_whose(values)):
            raise
        with transaction.atomic():
            _release_lapsed_in_the_way(values)
            return _run(statement, values)


def _run(statement, values):
    # One statement is a transaction of its own; inside another it needs a savepoint.
    alone = nullcontext() if connection.get_autocommit() else transaction.atomic()
    with violations_as(OVERLAPS), alone, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def _release_lapsed_in_the_way(values):
    therapist_ids, client_ids = _whose(values)
    lock_diaries(
        therapist_ids=[*therapist_ids, values.get("old_therapist_id")],
        client_ids=client_ids,
    )
    holds.release_lapsed((therapist_ids, client_ids))


def _whose(values):
    return [values["therapist_id"]], [values["client_id"] or values["user"]]


def lock_diaries(
    *, therapist_ids: Iterable[int | None], client_ids: Iterable[int | None]
) -> None:
    """Wait for, then hold off, every other change to these people's appointments.

    For writers other than `add`, in a transaction and right before they write. The
    constraints alone keep the data right, but of two inserts that race into one of
    them the later fails at the end, and two can deadlock. Locking first therapists
    and then clients, as `add` does, makes that a short wait instead.
    """
    values = {
        "therapist_ids": [pk for pk in therapist_ids if pk],
        "client_ids": [pk for pk in client_ids if pk],
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, values)


def named_client(user: User, client_id: int | None, therapist_id: int) -> int:
    """Return whom staff or the therapist name as the client, or refuse them.

    A therapist may name only somebody who is or was their client.
    """
    if client_id is None:
        raise errors.ClientRequired
    if Therapist.objects.filter(pk=therapist_id, user=client_id).exists():
        raise errors.OwnTherapist
    found = User.objects.filter(pk=client_id, is_active=True)
    if not user.is_staff:
        found = found.filter(appointments__therapist=therapist_id)
    if not found.exists():
        raise errors.UnknownClient
    return client_id


def _wish(user, therapist_id, client_id, start, duration, type, hold):
    return audit.actor_parameters(user) | {
        "therapist_id": Int8(therapist_id),
        "client_id": client_id and Int8(client_id),
        "start": start,
        "end": start + timedelta(minutes=duration),
        "duration": duration,
        "type": type,
        "now": timezone.now(),
        "practice": settings.PRACTICE_TIME_ZONE,
        "hold": hold,
        "hold_expires_at": holds.expiry(),
    }


# Refusals by the `problem` of the statement `ADD`.
PROBLEMS = {
    "not_yours": errors.ClientNotAllowed,
    "not_a_client": errors.HoldNotAllowed,
    "unknown_therapist": errors.UnknownTherapist,
    "unknown_client": errors.UnknownClient,
    "own_therapist": errors.OwnTherapist,
}
