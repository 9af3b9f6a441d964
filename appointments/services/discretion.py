"""Therapists learn next to nothing of their clients' appointments with others."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from appointments.errors import ClientBusy, ClientBusyTooOften
from appointments.models import ClientBusyRefusal
from appointments.models.statuses import Right, Role
from appointments.services.locks import lock_diaries
from booking.origin import get_origin

MOST_REFUSALS = 10
PERIOD = timedelta(hours=1)


def hides_client(user: User, role: Role) -> bool:
    """Tell whether the user may not know the client's appointments with others."""
    return role == Role.THERAPIST and not user.has_right(Right.VIEW_APPOINTMENT)


@contextmanager
def limit_client_busy(
    user: User,
    role: Role,
    *,
    therapist_id: int,
    client_id: int | None,
    start: datetime,
    also_lock: Iterable[int] = (),
) -> Iterator[None]:
    """Count the `ClientBusy` raised inside, if the client is hidden from the user.

    Raises `ClientBusyTooOften`, and does not enter, after ten of them in an hour. The
    therapist's row is locked from the count on, so that of many requests at once, the
    eleventh is not answered either. `also_lock` are the other therapists whom the inside
    locks: all are locked here, in order. The changes inside are undone, and the count
    stays. No other transaction may surround this but that of an idempotent request, because its
    end would undo the count.
    """
    if client_id is None or not hides_client(user, role):
        yield
        return
    refusal = None
    with transaction.atomic():
        lock_diaries(therapist_ids=[therapist_id, *also_lock], client_ids=[])
        _refuse_too_often(therapist_id)
        try:
            with transaction.atomic():
                yield
        except ClientBusy as error:
            refusal = error
            _record(user, refusal.starts or [start], therapist_id, client_id)
    if refusal:
        refusal.keeps_changes = True
        raise refusal


def _refuse_too_often(therapist_id):
    now = timezone.now()
    recent = ClientBusyRefusal.objects.filter(
        therapist=therapist_id, at__gt=now - PERIOD
    )
    moments = recent.order_by("-at").values_list("at", flat=True)
    if last := moments[MOST_REFUSALS - 1 : MOST_REFUSALS]:
        raise ClientBusyTooOften(last[0] + PERIOD - now)


def _record(user, starts, therapist_id, client_id):
    people = {"user": user, "therapist_id": therapist_id, "client_id": client_id}
    values = get_origin()._asdict() | people | {"at": timezone.now()}
    ClientBusyRefusal.objects.bulk_create(
        ClientBusyRefusal(start=start, **values) for start in starts
    )
