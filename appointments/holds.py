"""Holds: minutes in which a client decides and nobody else gets in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from appointments.errors import ClientBusy, TherapistBusy, TooManyHolds
from appointments.models import Appointment
from appointments.statements.holds import RELEASE_LAPSED
from appointments.states import Status

MOST_HOLDS = 3
Written = TypeVar("Written")


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


def release_lapsed() -> int:
    """Free what is held beyond its time; return how much there was.

    What was published before is available again; other rows are removed. A hold that
    is converted or released by somebody else at this moment counts too.
    """
    with connection.cursor() as cursor:
        cursor.execute(RELEASE_LAPSED, {"now": timezone.now()})
        return cursor.fetchone()[0]


def despite_lapsed(write: Callable[[], Written]) -> Written:
    """Run the write; if holds that are over may be in its way, do it without them.

    The constraints know no clock, so only they tell that something is in the way.
    """
    try:
        return write()
    except (TherapistBusy, ClientBusy):
        if not release_lapsed():
            raise
    return write()
