"""The people of an appointment: in which role a user acts, and whom they may name."""

from typing import Any

from accounts.models import User
from appointments.errors import (
    ClientRequired,
    OperationNotAllowed,
    OwnTherapist,
    UnknownClient,
)
from appointments.models.statuses import CONCLUDED, Right, Role, Status
from booking import audit


def get_role(
    user: User, therapist_user_id: int | None, *, therapist_is_active: bool
) -> Role:
    """Return the role in which the user acts towards a diary; their own comes first.

    The account of an inactive therapist has no diary.
    """
    has_account = therapist_user_id is not None and therapist_user_id == user.pk
    if has_account and therapist_is_active:
        return Role.THERAPIST
    return Role.PRACTICE if acts_for_practice(user) else Role.CLIENT


def acts_for_practice(user: User) -> bool:
    """Tell whether staff have any right to diaries; without one they act as clients."""
    return user.is_staff and any(user.has_right(right) for right in Right)


def get_managing_role(
    user: User,
    therapist_user_id: int | None,
    right: Right,
    *,
    therapist_is_active: bool,
) -> Role:
    """Return the role, and refuse staff who lack the right to fill foreign diaries."""
    role = get_role(user, therapist_user_id, therapist_is_active=therapist_is_active)
    if role == Role.PRACTICE and not user.has_right(right):
        raise OperationNotAllowed
    return role


def get_actor_parameters(user: User) -> dict[str, Any]:
    """Return the parameters from which a statement sets the actor (`ACTOR`)."""
    practice = {"acts_for_practice": acts_for_practice(user)}
    return audit.actor_parameters(user) | practice


def check_client(
    user: User,
    client_id: int | None,
    right: Right,
    *,
    therapist_id: int,
    therapist_user_id: int | None,
) -> None:
    """Refuse a client whom staff with the right, or the therapist, may not name.

    Raises `ClientRequired` without one, `OwnTherapist` for the therapist of the diary,
    and `UnknownClient` for an account that does not exist, is not active or, to
    therapists without the right, is not and never was a client of theirs. A client of theirs has or had an
    appointment that was not cancelled: a mere hold makes nobody a client.
    """
    if client_id is None:
        raise ClientRequired
    if client_id == therapist_user_id:
        raise OwnTherapist
    found = User.objects.filter(pk=client_id, is_active=True)
    if not user.has_right(right):
        found = found.filter(
            appointments__therapist=therapist_id,
            appointments__status__in=[Status.BOOKED, *CONCLUDED],
        )
    if not found.exists():
        raise UnknownClient
