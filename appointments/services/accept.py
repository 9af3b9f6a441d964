from django.db import transaction
from django.utils import timezone

from accounts.models import User
from appointments.errors import HoldExpired, OwnTherapist
from appointments.errors.rules import TherapistInactive
from appointments.services import invitations
from appointments.services.book import book_version
from appointments.services.change import retry_while_overtaken
from appointments.sql import AppointmentRow
from booking.api.errors import RulesRefuse


def accept(*, user: User, id: int, code: str) -> AppointmentRow:
    """Book the appointment for the user, whose address was invited to it.

    The code proves that the user reads the address. Raises `InvalidCode` for a code that is
    wrong, used, or of another address; the fifth wrong one ends it. Raises `HoldExpired`
    after the invitation, `OwnTherapist` to the therapist, and `ClientBusy`.
    """
    invitations.check_code(user.email, id, code)

    def attempt():
        snapshot = invitations.get_invited(id)
        if user.pk == snapshot.therapist_user_id:
            raise OwnTherapist
        if not snapshot.therapist_is_active:
            raise RulesRefuse([TherapistInactive])
        people = {"client_id": user.pk, "most_upcoming": None}
        return book_version(snapshot.get_parameters(user) | people)

    with transaction.atomic():
        row = retry_while_overtaken(attempt, gone=HoldExpired)
        invitations.end(id)
        User.objects.filter(pk=user.pk, verified_at=None).update(
            verified_at=timezone.now()
        )
    return row
