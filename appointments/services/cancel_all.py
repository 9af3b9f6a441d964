"""Cancelling all that a client has ahead, by staff."""

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import NotFound

from accounts.models import User
from appointments.errors import OperationNotAllowed
from appointments.models import Appointment
from appointments.models.statuses import Right, Role, Status
from appointments.services.cancel import is_late
from appointments.services.change import retry_while_overtaken
from appointments.services.series.change import lock_and_release_holds
from appointments.sql import (
    APPOINTMENT,
    APPOINTMENT_JOINS,
    PUBLISHED_AGAIN,
    WRITTEN,
    AppointmentRow,
)
from booking import audit
from booking.api.conditional import Precondition
from booking.statements import Statement

CHANGES = (Right.CHANGE_APPOINTMENT, Right.CHANGE_SERIES)

UPCOMING = Statement(
    "upcoming_of_client",
    f"""
-- The client's appointments ahead: booked, or held by a hold that has not expired.
WITH upcoming AS MATERIALIZED (
    SELECT {WRITTEN}
      FROM appointments_appointment a
     WHERE a.client_id = %(client_id)s AND a.start > %(now)s
       AND (a.status = '{Status.BOOKED}'
            OR a.status = '{Status.HELD}' AND a.hold_expires_at > %(now)s)
)
SELECT {APPOINTMENT}
  FROM upcoming a {APPOINTMENT_JOINS}
 ORDER BY a.start, a.id
""",
    AppointmentRow,
)
CANCEL_ALL = Statement(
    "cancel_all",
    f"""
WITH changed AS (
    UPDATE appointments_appointment a
       SET status = '{Status.CANCELLED}', hold_expires_at = NULL,
           cancelled_by = '{Role.PRACTICE}', cancelled_at = %(now)s,
           cancellation_reason = %(reason)s, updated_at = %(now)s,
           cancelled_late = a.id = ANY(%(late_ids)s::bigint[])
     WHERE a.id = ANY(%(ids)s::bigint[])
    RETURNING {WRITTEN}
), {PUBLISHED_AGAIN}, touched AS (
    UPDATE appointments_series
       SET updated_at = %(now)s
     WHERE id IN (SELECT series_id FROM changed)
)
SELECT {APPOINTMENT}
  FROM changed a {APPOINTMENT_JOINS}
 ORDER BY a.start, a.id
""",
    AppointmentRow,
)


def preview_cancel_all(*, user: User, client_id: int) -> list[AppointmentRow]:
    """Return what `cancel_all` would cancel now, in order; nothing changes."""
    _check(user, client_id)
    return _list_upcoming(client_id)


def cancel_all(
    *, user: User, client_id: int, precondition: Precondition, reason: str = ""
) -> list[AppointmentRow]:
    """Cancel all that the client has ahead, or nothing; return it, in order.

    Dates of series are among it, and holds. Published times are available again.
    The precondition is about the version of a preview (`get_version`). Raises `NotFound`
    for somebody who is no client, or to users who may not view clients, and
    `OperationNotAllowed` to staff who may only view.
    """
    _check(user, client_id)

    def attempt():
        with transaction.atomic():
            therapist_ids = {row.therapist_id for row in _list_upcoming(client_id)}
            lock_and_release_holds(therapist_ids, client_id)
            upcoming = _lock_upcoming(client_id)
            if not {one.therapist_id for one in upcoming} <= therapist_ids:
                # One was added or moved before the locks, which are not the right ones.
                return None
            precondition.check(get_version(_list_upcoming(client_id)))
            return _cancel(user, upcoming, reason) if upcoming else []

    return retry_while_overtaken(attempt)


def get_version(rows: list[AppointmentRow]) -> str:
    """Return the version from which the ETag of a preview is made."""
    return " ".join(["upcoming", *(row.version for row in rows)])


def _check(user, client_id):
    clients = User.objects.clients_ever().filter(pk=client_id)
    if not user.has_right("accounts.view_client") or not clients.exists():
        raise NotFound
    if not all(user.has_right(right) for right in CHANGES):
        raise OperationNotAllowed


def _list_upcoming(client_id):
    return UPCOMING.fetch_all(client_id=client_id, now=timezone.now())


def _lock_upcoming(client_id):
    """Return the same as rows of the model, locked against operations on one of them."""
    rows = Appointment.objects.upcoming().filter(client=client_id).order_by("pk")
    locked = rows.select_for_update(of=["self"], no_key=True)
    return list(locked.select_related("therapist"))


def _cancel(user, upcoming, reason):
    now = timezone.now()
    late = [
        one.pk
        for one in upcoming
        if one.status == Status.BOOKED
        and (one.moved_late or is_late(now, one.start, one.therapist.notice))
    ]
    audit.set_actor_of_transaction(user, Role.PRACTICE)
    return CANCEL_ALL.fetch_all(
        ids=[one.pk for one in upcoming],
        late_ids=late,
        reason=reason,
        now=now,
        publishes_again=True,
    )
