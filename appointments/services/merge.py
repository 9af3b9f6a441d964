"""Merging a client, mostly one whom staff entered on the phone, into another."""

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import NotFound

from accounts.models import User
from appointments.errors import OperationNotAllowed
from appointments.errors.clients import (
    ClientsOverlap,
    MergeTargetCannotSignIn,
    MergeTargetIsTherapist,
    SameClient,
    UnknownMergeTarget,
)
from appointments.models.statuses import Right, Role, Status
from appointments.services.holds import release_expired
from appointments.services.locks import lock_diaries
from booking import audit
from booking.api.errors import violations_as

CHANGES = (Right.CHANGE_APPOINTMENT, Right.CHANGE_SERIES)


class Merge(NamedTuple):
    """The result of a merge: the client, and how many rows came from the other."""

    client: User
    appointments: int
    upcoming: int
    series: int


def merge(*, user: User, client_id: int, into: int) -> Merge:
    """Give all appointments and series of a client to another, or nothing.

    The history stays as it is; the other client sees it as their own. The former client
    keeps only the name, and is deactivated for good. The other gets a phone from the
    former if there was none. `into` is the other's id.

    Raises `NotFound` for somebody who is no client, or to users who may not view
    clients; `OperationNotAllowed` to staff who may not change both clients and their
    diaries; `SameClient`, `UnknownMergeTarget`, `MergeTargetCannotSignIn` or
    `MergeTargetIsTherapist` for a client whom staff may not name; and `ClientsOverlap`
    if both have appointments at the same time.
    """
    if not user.has_right("accounts.view_client"):
        raise NotFound
    with transaction.atomic():
        former, client = _lock(user, client_id, into)
        audit.set_actor_of_transaction(user, Role.PRACTICE)
        upcoming = former.appointments.upcoming().count()
        appointments, series = _give(former, client)
        _retire(former, client)
    return Merge(client, appointments, upcoming, series)


def preview_merge(*, user: User, client_id: int, into: int) -> Merge:
    """Return what `merge` would do now, or raise as it would; nothing changes.

    It merges, and takes that back: only PostgreSQL can tell whether it will.
    """
    with transaction.atomic():
        merged = merge(user=user, client_id=client_id, into=into)
        transaction.set_rollback(True)
    return merged


def _lock(user, client_id, into):
    """Return both clients, locked with the diaries in which holds may expire."""
    known = User.objects.clients_ever()
    former = known.filter(pk=client_id).first()
    if former is None:
        raise NotFound
    held = former.appointments.filter(status=Status.HELD)
    therapist_ids = {*held.values_list("therapist_id", flat=True)}
    lock_diaries(therapist_ids=therapist_ids, client_ids=[client_id, into])
    # As they are now, when no other request can merge or change them.
    former = known.filter(pk=client_id).first()
    client = known.filter(pk=into, is_active=True).first()
    _check(user, former, client, is_same=client_id == into)
    release_expired(therapist_ids=therapist_ids, client_ids=[client_id, into])
    return former, client


def _check(user, former, client, *, is_same):
    if former is None:
        raise NotFound
    if not user.may_change(former) or not all(map(user.has_right, CHANGES)):
        raise OperationNotAllowed
    if is_same:
        raise SameClient
    if client is None:
        raise UnknownMergeTarget
    if not user.may_change(client):
        raise OperationNotAllowed
    if former.email and not client.email:
        raise MergeTargetCannotSignIn
    if former.appointments.filter(therapist__user=client).exists():
        raise MergeTargetIsTherapist


def _give(former, client):
    now = timezone.now()
    with violations_as([ClientsOverlap]), transaction.atomic():
        appointments = former.appointments.update(client=client, updated_at=now)
    return appointments, former.series.update(client=client, updated_at=now)


def _retire(former, client):
    former.name = former.name or former.email
    phone, former.phone, former.email = former.phone, None, None
    former.is_active, former.merged_into = False, client
    former.set_unusable_password()
    former.save()
    former.sessions.all().delete()
    # The client who has the appointments now is always one step away.
    former.merged.update(merged_into=client)
    if phone and not client.phone:
        client.phone = phone
        client.save(update_fields=["phone"])
