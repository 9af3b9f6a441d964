"""The people of an appointment: in which role a user acts, and whom they may name."""

from accounts.models import User
from appointments.errors import ClientRequired, OwnTherapist, UnknownClient
from appointments.models.statuses import CONCLUDED, Role, Status


def get_role(
    user: User, therapist_user_id: int | None, *, therapist_is_active: bool
) -> Role:
    """Return the role in which the user acts towards a diary; their own comes first.

    The account of an inactive therapist has no diary.
    """
    has_account = therapist_user_id is not None and therapist_user_id == user.pk
    if has_account and therapist_is_active:
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
    therapists, is not and never was a client of theirs. A client of theirs has or had an
    appointment that was not cancelled: a mere hold makes nobody a client.
    """
    if client_id is None:
        raise ClientRequired
    if client_id == therapist_user_id:
        raise OwnTherapist
    found = User.objects.filter(pk=client_id, is_active=True)
    if not user.is_staff:
        found = found.filter(
            appointments__therapist=therapist_id,
            appointments__status__in=[Status.BOOKED, *CONCLUDED],
        )
    if not found.exists():
        raise UnknownClient
