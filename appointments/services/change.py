"""Operations on one appointment: look, decide, and change only what was seen.

The first statement of an operation reads a snapshot. Python decides by `TRANSITIONS`. The
last statement changes the row only if it still has that version; otherwise the operation
starts again. If two operations race, one wins, and the other decides again on the result.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.exceptions import APIException, NotFound

from accounts.models import User
from appointments import visibility
from appointments.errors import (
    VIOLATIONS,
    ClientBusy,
    OperationNotAllowed,
    TherapistBusy,
)
from appointments.models.statuses import TRANSITIONS, Operation, Role, Status
from appointments.services import holds
from appointments.services.locks import lock_diaries
from appointments.services.participants import get_actor_parameters, get_role
from appointments.sql import ETAG_VERSION, HOLD_EXPIRED, AppointmentRow
from booking.api.conditional import Precondition
from booking.api.errors import violations_as
from booking.api.unavailable import Overtaken
from booking.statements import Statement

ATTEMPTS = 10


class AppointmentSnapshot(NamedTuple):
    """One version of an appointment that a user may see, with its therapist."""

    id: int
    version: str
    etag_version: str
    hold_expired: bool
    stored_status: str
    type: str
    start: datetime
    end: datetime
    therapist_id: int
    client_id: int | None
    was_published: bool
    moved_late: bool
    concluded_at: datetime | None
    therapist_user_id: int | None
    therapist_is_active: bool
    notice_hours: int

    @property
    def status(self) -> Status:
        return Status.AVAILABLE if self.hold_expired else Status(self.stored_status)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def notice(self) -> timedelta:
        """How long before its start a client may cancel at the latest."""
        return timedelta(hours=self.notice_hours)

    def get_role(self, user: User) -> Role:
        return get_role(
            user,
            self.therapist_user_id,
            therapist_is_active=self.therapist_is_active,
        )

    def get_parameters(self, user: User) -> dict[str, Any]:
        """Return the parameters of a statement that changes just this version."""
        return get_actor_parameters(user) | {
            "id": self.id,
            "version": self.version,
            "therapist_id": self.therapist_id,
            "client_id": self.client_id,
            "now": timezone.now(),
        }


SNAPSHOT = Statement(
    "appointment_snapshot",
    f"""
-- An appointment that the user may see, with what decides about an operation on it.
WITH visible AS (
    SELECT a.*, a.xmin::text AS version, {HOLD_EXPIRED} AS hold_expired
      FROM appointments_appointment a
     WHERE a.id = %(id)s
       AND {visibility.VISIBLE_TO_USER}
)
SELECT a.id, a.version, {ETAG_VERSION} AS etag_version, a.hold_expired,
       a.status AS stored_status, a.type, a.start, a."end", a.therapist_id,
       CASE WHEN NOT a.hold_expired THEN a.client_id END AS client_id,
       a.was_published, a.moved_late, a.concluded_at,
       t.user_id AS therapist_user_id, t.is_active AS therapist_is_active,
       t.cancellation_notice_hours AS notice_hours
  FROM visible a
  JOIN therapists_therapist t ON t.id = a.therapist_id
""",
    AppointmentSnapshot,
)
# Of two changes of one version of a row, PostgreSQL lets one happen. The other changes
# nothing, so no lock outlives its statement.
UNCHANGED = "a.id = %(id)s AND a.xmin = %(version)s::text::xid"


def get_snapshot(user: User, id: int) -> AppointmentSnapshot | None:
    """Return the appointment as it is now, or None if the user may not see it."""
    return SNAPSHOT.fetch_one(
        id=id, user=user.pk, sees_all=visibility.sees_all(user), now=timezone.now()
    )


def get_any_snapshot(id: int) -> AppointmentSnapshot | None:
    """Return the appointment as it is now, for an operation with another proof of a right."""
    return SNAPSHOT.fetch_one(id=id, user=None, sees_all=True, now=timezone.now())


def check_operation(
    operation: Operation, user: User, id: int, precondition: Precondition
) -> AppointmentSnapshot:
    """Return the snapshot, or refuse the operation for its role, version or status."""
    snapshot = get_snapshot(user, id)
    if snapshot is None:
        raise NotFound
    transition = TRANSITIONS[operation]
    if not _is_allowed(operation, user, snapshot):
        raise OperationNotAllowed
    precondition.check(snapshot.etag_version)
    if snapshot.status not in transition.targets:
        raise transition.refusal(snapshot.status)
    return snapshot


def _is_allowed(operation, user, snapshot):
    """Clients act only on their own, but any client may book what has no client."""
    transition, role = TRANSITIONS[operation], snapshot.get_role(user)
    books = operation == Operation.BOOK and snapshot.client_id is None
    if role == Role.CLIENT and snapshot.client_id != user.pk and not books:
        return False
    if role != Role.PRACTICE and role in transition.roles:
        return True
    # Staff keep their rights in a diary of their own.
    return Role.PRACTICE in transition.roles and user.has_right(transition.right)


def retry_while_overtaken(
    attempt: Callable[[], AppointmentRow | None],
    *,
    gone: type[APIException] = NotFound,
) -> AppointmentRow:
    """Retry while another request changes the row first.

    Another request succeeded in every round that this one loses. After `ATTEMPTS` rounds,
    this raises `Overtaken`. If the appointment disappears after the first round, it raises
    `gone`.
    """
    for number in range(ATTEMPTS):
        try:
            row = attempt()
        except NotFound:
            raise (gone if number else NotFound) from None
        if row is not None:
            return row
    raise Overtaken


def write(
    statement: Statement, parameters: dict[str, Any], *, also_lock: tuple[int, ...] = ()
):
    """Run one statement that changes a diary, wholly or not at all; return its row.

    Raises `TherapistBusy` or `ClientBusy` if that would overlap another appointment, and
    `TooManyAppointments` from a statement with `HAS_ROOM`. The
    constraints know no clock, so expired holds are released, and the statement is tried
    again, only when they refuse. `also_lock` are therapists beside `therapist_id`.
    """
    try:
        return _write(statement, parameters)
    except (TherapistBusy, ClientBusy):
        therapist_ids = [parameters["therapist_id"]]
        client_ids = [pk for pk in (parameters["client_id"],) if pk]
        # Mostly there are none, and a lost race does not wait for the locks again.
        if not holds.has_expired(therapist_ids=therapist_ids, client_ids=client_ids):
            raise
        with transaction.atomic():
            lock_diaries(
                therapist_ids=[*therapist_ids, *also_lock], client_ids=client_ids
            )
            holds.release_expired(therapist_ids=therapist_ids, client_ids=client_ids)
            return _write(statement, parameters)


def _write(statement, parameters):
    # One statement is a transaction of its own; inside another it needs a savepoint.
    savepoint = nullcontext() if connection.get_autocommit() else transaction.atomic()
    with violations_as(VIOLATIONS), savepoint:
        return statement.fetch_one(**parameters)
