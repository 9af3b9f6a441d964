"""Alternatives for a booking or a move that was refused.

They are looked for after the refusal, when nothing is locked any more. They tell nothing
that a search would not tell the same user. A therapist at any time has none, as they have
no slots.
"""

from typing import Any

from django.db import OperationalError, transaction

from accounts.models import User
from appointments.availability.alternatives import (
    Alternatives,
    find_alternatives,
    find_alternatives_with_any,
)
from appointments.models.statuses import Role
from appointments.services.change import get_snapshot
from appointments.services.discretion import hides_client
from appointments.services.participants import get_role
from therapists.models import BookingMode, Therapist


def find_for_booking(user: User, fields: dict[str, Any]) -> Alternatives:
    """Find alternatives for a booking request with these fields."""
    if "any" in fields:
        client_id = fields.get("client_id") or user.pk
        return _search(
            find_alternatives_with_any,
            filters=fields["any"],
            type=fields["type"],
            start=fields["start"],
            client_id=client_id,
        )
    return _find(
        user,
        fields["therapist_id"],
        client_id=fields.get("client_id"),
        type=fields["type"],
        start=fields["start"],
        duration=fields["duration"],
    )


def find_for_move(user: User, id: int, fields: dict[str, Any]) -> Alternatives:
    """Find alternatives for moving the appointment there; none if it is not visible."""
    snapshot = get_snapshot(user, id)
    if snapshot is None:
        return Alternatives()
    return _find(
        user,
        fields.get("therapist_id") or snapshot.therapist_id,
        client_id=snapshot.client_id,
        type=snapshot.type,
        start=fields["start"],
        duration=snapshot.length.seconds // 60,
    )


def _find(user, therapist_id, *, client_id, **request):
    therapist = Therapist.objects.listed().filter(pk=therapist_id).first()
    if therapist is None or therapist.booking_mode == BookingMode.ANY_TIME:
        return Alternatives()
    role = get_role(user, therapist.user_id, therapist_is_active=True)
    if role == Role.CLIENT:
        client_id = user.pk
    elif hides_client(user, role):
        # The client's appointments with others stay hidden.
        client_id = None
    return _search(find_alternatives, therapist, client_id=client_id, **request)


def _search(find, *arguments, **request):
    try:
        with transaction.atomic():
            return find(*arguments, **request)
    except OperationalError:
        # The search took too long. The refusal stands without alternatives.
        return Alternatives()
