"""Holds: minutes in which a client decides and the time is theirs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from appointments.errors import TooManyHolds, TooManyHoldsOfTherapist
from appointments.models import Appointment, Invitation
from appointments.models.statuses import Status
from appointments.sql import HOLD_EXPIRED
from booking.statements import Statement

MOST_HOLDS = 3


class FoundRow(NamedTuple):
    found: bool


# Every loser of a race asks this. By the ORM, a race for one slot took a quarter more CPU.
HAS_EXPIRED = Statement(
    "has_expired_holds",
    f"""
SELECT EXISTS (
    SELECT FROM appointments_appointment a
     WHERE {HOLD_EXPIRED}
       AND (a.therapist_id = ANY(%(therapist_ids)s::bigint[])
            OR a.client_id = ANY(%(client_ids)s::bigint[]))) AS found
""",
    FoundRow,
)


class HoldsRow(NamedTuple):
    present: int
    of_day: int


COUNT_HOLDS = Statement(
    "count_holds",
    f"""
-- A client's holds: those that last, and those of one therapist within 24 hours. Only the
-- history still has a hold that expired. A row that is deleted leaves its last version.
SELECT (SELECT count(*)
          FROM appointments_appointment a
         WHERE a.client_id = %(client_id)s AND a.status = '{Status.HELD}'
           AND a.hold_expires_at > %(now)s) AS present,
       (SELECT count(*)
          FROM appointments_appointmentevent event
         WHERE event.client_id = %(client_id)s AND event.therapist_id = %(therapist_id)s
           AND event.status = '{Status.HELD}' AND event.pgh_label <> 'delete'
           AND event.updated_at > %(now)s - interval '24 hours') AS of_day
""",
    HoldsRow,
)


def get_expiry() -> datetime:
    """Return when a hold that begins now expires."""
    return timezone.now() + timedelta(minutes=settings.HOLD_MINUTES)


def refuse_too_many(client: User, therapist_id: int) -> None:
    """Raise `TooManyHolds` if the client has more than they may have.

    At once, or of this therapist in 24 hours, whatever became of those. Call this in the
    transaction that wrote the hold. That statement locked the client's row, so no other
    request can add a hold meanwhile.
    """
    counted = COUNT_HOLDS.fetch_one(
        client_id=client.pk, therapist_id=therapist_id, now=timezone.now()
    )
    if counted.present > MOST_HOLDS:
        raise TooManyHolds
    if counted.of_day > settings.MAX_DAILY_HOLDS:
        raise TooManyHoldsOfTherapist


@transaction.atomic
def release_expired(
    *,
    therapist_ids: Iterable[int] | None = None,
    client_ids: Iterable[int] | None = None,
) -> int:
    """Release expired holds; return how many.

    Without arguments, all of them. With therapists and clients, those in their diaries,
    which the caller has locked, as for any write to them. A published appointment becomes available
    again and tells nothing of the hold; other rows are deleted.
    """
    # In the order of their ids, so that two releases at once do not deadlock.
    rows = _expired(therapist_ids, client_ids).order_by("pk").select_for_update()
    expired = dict(rows.values_list("pk", "was_published"))
    published = [pk for pk, was_published in expired.items() if was_published]
    Invitation.objects.filter(appointment__in=published).delete()
    Appointment.objects.filter(pk__in=published).update(
        status=Status.AVAILABLE,
        client=None,
        hold_expires_at=None,
        updated_at=F("created_at"),
    )
    Appointment.objects.filter(pk__in=expired.keys() - published).delete()
    return len(expired)


def has_expired(*, therapist_ids: Iterable[int], client_ids: Iterable[int]) -> bool:
    """Tell whether `release_expired` would find any. It takes no lock to look."""
    return HAS_EXPIRED.fetch_one(
        therapist_ids=therapist_ids, client_ids=client_ids, now=timezone.now()
    ).found


def _expired(therapist_ids, client_ids):
    expired = Appointment.objects.with_expired_hold()
    if therapist_ids is None and client_ids is None:
        return expired
    return expired.filter(Q(therapist__in=therapist_ids) | Q(client__in=client_ids))
