"""Holds: minutes in which a client decides and nobody else gets in."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from appointments.errors import TooManyHolds
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.services.statements.holds import ARE_LAPSED, RELEASE_LAPSED

MOST_HOLDS = 3


def expiry() -> datetime:
    """Return when a hold that begins now is over."""
    return timezone.now() + timedelta(minutes=settings.HOLD_MINUTES)


def refuse_too_many(client: User) -> None:
    """Raise `TooManyHolds` if the client has more than they may have.

    For whoever has just written one in this transaction, and so holds the client's row:
    nobody adds another meanwhile.
    """
    holds = Appointment.objects.filter(
        client=client, status=Status.HELD, hold_expires_at__gt=timezone.now()
    )
    if holds.count() > MOST_HOLDS:
        raise TooManyHolds


def release_lapsed(of: tuple[list[int], list[int]] | None = None) -> int:
    """Free what is held beyond its time; return how much there was.

    Of everybody, or of the therapists and the clients with these ids: then in a
    transaction that has locked them, as for any write to their diaries. What was published
    before is available again; other rows are removed. A hold that is converted or
    released by somebody else at this moment counts too.
    """
    return _asked(RELEASE_LAPSED, of)


def are_lapsed(of: tuple[list[int], list[int]]) -> bool:
    """Tell whether `release_lapsed` may find some; it takes no lock to look."""
    return _asked(ARE_LAPSED, of)


def _asked(statement, of):
    therapist_ids, client_ids = of or ([], [])
    values = {
        "now": timezone.now(),
        "of_everybody": of is None,
        "therapist_ids": therapist_ids,
        "client_ids": client_ids,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
