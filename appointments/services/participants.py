"""The people of an appointment: in which role a user acts, and whom they may name."""

from accounts.models import User
from appointments.errors import ClientRequired, OwnTherapist, UnknownClient
from appointments.models.statuses import Role


def get_role(user: User, therapist_user_id: int | None) -> Role:
    """Return the role in which the user acts towards a diary; their own comes first."""
    if therapist_user_id is not None and therapist_user_id == user.pk:
        return Role.THERAPIST
    return Role.PRACTICE if user.is_staff else Role.CLIENT


def check_client(
    user: User,
    client_id: int | None,
    *,
    therapist_id: int,
    therapist_user_id: int | None,
) -> None:
    """Refuse a client whom staff or the therapist may not name.

    Raises `ClientRequired` without one, `OwnTherapist` for the therapist of the diary,
    and `UnknownClient` for an account that does not exist, is not active or, to
    therapists, is not and never was a client of theirs.
    """
    if client_id is None:
        raise ClientRequired
    if client_id == therapist_user_id:
        raise OwnTherapist
    found = User.objects.filter(pk=client_id, is_active=True)
    if not user.is_staff:
        found = found.filter(appointments__therapist=therapist_id)
    if not found.exists():
        raise UnknownClient
