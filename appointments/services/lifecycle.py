"""Operations on one appointment: who may, in which state, until when.

Each looks at the appointment, decides, and changes it only if it is still as it was
seen; overtaken by another, it looks again. So of two operations that race exactly one
is done as if the other had not been, and the other meets what that one left.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from psycopg.types.numeric import Int8
from rest_framework.exceptions import APIException, NotFound

from accounts.models import User
from appointments import visibility
from appointments.errors import (
    RULES,
    AlreadyHeld,
    AlreadyOver,
    AlreadyStarted,
    ClientNotAllowed,
    ForeignDiary,
    HoldExpired,
    NotStarted,
    OperationNotAllowed,
    OwnDiary,
    TherapistBusy,
    TooLateToCancel,
    TooLateToReopen,
    UnknownTherapist,
)
from appointments.models.statuses import TRANSITIONS, Operation, Role, Status
from appointments.services import add as services
from appointments.services.change import Seen, has_let_a_hold_lapse, look
from appointments.services.statements import changing
from booking.api.conditional import Precondition
from booking.api.errors import Overtaken, RulesRefuse
from therapists.models import Therapist

REOPENED_WITHIN = timedelta(days=7)
ATTEMPTS = 10


def book(*, user: User, id: int, wanted: Precondition, client_id: int | None = None):
    """Take an available appointment, or convert one's own hold.

    Staff and the therapist name the client. Returns a row as `visibility.visible` does;
    so do the others here. Raises what `services.add` raises but no rule: publishing it,
    or holding it, was allowed before. `HoldExpired` is for the holder, for good.
    """

    def attempt():
        seen = _seen(Operation.BOOK, user, id, wanted)
        client = _client_of(seen, user, client_id)
        if seen.start <= timezone.now():
            raise AlreadyStarted
        if not seen.therapist_is_active and seen.party(user) == Role.CLIENT:
            raise RulesRefuse([RULES["therapist_inactive"]])
        values = seen.values(user) | {"client_id": Int8(client)}
        return services.run(changing.BOOK, values)

    # Taken by somebody else since it was seen: a conflict, and not as if never there.
    return _done(attempt, gone=TherapistBusy)


def _client_of(seen, user, client_id):
    if seen.party(user) == Role.CLIENT or user.pk == seen.client_id:
        if client_id:
            raise ClientNotAllowed
        return user.pk
    if seen.status == Status.HELD:
        raise AlreadyHeld
    return services.named_client(user, client_id, seen.therapist_id)


def move(
    *,
    user: User,
    id: int,
    wanted: Precondition,
    start: datetime,
    therapist_id: int | None = None,
):
    """Move a booked appointment that is still to come, in one step; it keeps its id.

    `start` is aware and in whole minutes. To where it is already it moves without any
    change. Clients are bound by the rules, as when they book; `RulesRefuse` has all of
    them. Raises `TherapistBusy` or `ClientBusy` where another appointment is in the way,
    and never for its own old time.
    """

    def attempt():
        seen = _seen(Operation.MOVE, user, id, wanted)
        if seen.start <= timezone.now():
            raise AlreadyStarted
        target = therapist_id or seen.therapist_id
        if (start, target) == (seen.start, seen.therapist_id):
            return visibility.get_appointment(user, id)
        if target != seen.therapist_id:
            _refuse_therapist(seen, user, target)
        return _moved(seen, user, start, target)

    return _done(attempt)


def _refuse_therapist(seen, user, therapist_id):
    party = seen.party(user)
    if party == Role.THERAPIST and not user.is_staff:
        raise ForeignDiary
    found = Therapist.objects.filter(pk=therapist_id)
    if party == Role.CLIENT:
        found = found.listed()
    therapist = found.first()
    if therapist is None:
        raise UnknownTherapist
    if therapist.user_id and therapist.user_id == seen.client_id:
        raise OwnDiary


def _moved(seen, user, start, therapist_id):
    manages = seen.party(user) != Role.CLIENT
    values = seen.values(user) | {
        "manages": manages,
        "therapist_id": Int8(therapist_id),
        "old_therapist_id": Int8(seen.therapist_id),
        "start": start,
        "end": start + seen.length,
        "duration": seen.length // timedelta(minutes=1),
        "type": seen.type,
        "practice": settings.PRACTICE_TIME_ZONE,
    }
    found = services.run(changing.MOVE, values)
    if found is None:
        # Deleted just now.
        raise UnknownTherapist
    reasons, *row = found
    if reasons and not manages:
        raise RulesRefuse([RULES[reason] for reason in reasons])
    return row if row[0] is not None else None


def cancel(*, user: User, id: int, wanted: Precondition, reason: str = ""):
    """Free the time; what was published before is published again at once.

    Clients may until the therapist's notice before the start (`TooLateToCancel` among
    the rules that refuse), therapist and staff until the end (`AlreadyOver`).
    """

    def attempt():
        seen = _seen(Operation.CANCEL, user, id, wanted)
        now = timezone.now()
        if now >= seen.end:
            raise AlreadyOver
        late = seen.status == Status.BOOKED and now > seen.start - seen.notice
        if late and seen.party(user) == Role.CLIENT:
            raise RulesRefuse([TooLateToCancel])
        values = seen.values(user) | {
            "cancelled_by": seen.party(user),
            "reason": reason,
            "late": late,
        }
        return services.run(_cancelling(seen, now), values)

    return _done(attempt)


def _cancelling(seen, now):
    if seen.status == Status.AVAILABLE:
        return changing.WITHDRAW
    if seen.was_published and now < seen.start:
        return changing.CANCEL_AND_PUBLISH
    return changing.CANCEL


def complete(*, user: User, id: int, wanted: Precondition):
    """Say that it took place, from its start on (`NotStarted`)."""
    return _conclude(Operation.COMPLETE, user, id, wanted)


def no_show(*, user: User, id: int, wanted: Precondition):
    """Say that the client did not come, from its start on (`NotStarted`)."""
    return _conclude(Operation.NO_SHOW, user, id, wanted)


def _conclude(operation, user, id, wanted):
    def attempt():
        seen = _seen(operation, user, id, wanted)
        if timezone.now() < seen.start:
            raise NotStarted
        values = seen.values(user) | {
            "status": TRANSITIONS[operation].targets[seen.status]
        }
        return services.run(changing.CONCLUDE, values)

    return _done(attempt)


def reopen(*, user: User, id: int, wanted: Precondition):
    """Undo `complete` or `no_show` within seven days of it (`TooLateToReopen`)."""

    def attempt():
        seen = _seen(Operation.REOPEN, user, id, wanted)
        if timezone.now() > seen.concluded_at + REOPENED_WITHIN:
            raise TooLateToReopen
        return services.run(changing.REOPEN, seen.values(user))

    return _done(attempt)


def _seen(operation: Operation, user: User, id: int, wanted: Precondition) -> Seen:
    """Look at the appointment; refuse whom and when the operation is not for."""
    seen = look(user, id)
    if seen is None:
        if operation == Operation.BOOK and has_let_a_hold_lapse(user, id):
            raise HoldExpired
        raise NotFound
    party = seen.party(user)
    takes = operation == Operation.BOOK and seen.client_id is None
    is_theirs = party != Role.CLIENT or seen.client_id == user.pk or takes
    sides = {party, Role.PRACTICE} if user.is_staff else {party}
    transition = TRANSITIONS[operation]
    if not sides & transition.roles or not is_theirs:
        raise OperationNotAllowed
    wanted.check(seen.shown_version)
    if seen.status not in transition.targets:
        raise transition.refusal(seen.status)
    return seen


def _done(attempt: Callable[[], Any], *, gone: type[APIException] = NotFound):
    """Attempt until nobody else was faster; each that was got something done.

    `gone` is the refusal for what was seen at first and is not there any more.
    """
    for number in range(ATTEMPTS):
        try:
            row = attempt()
        except NotFound:
            raise (gone if number else NotFound) from None
        if row is not None:
            return row
    raise Overtaken
