from django.db import transaction

from accounts.models import User
from appointments.errors import HoldExpired
from appointments.models.statuses import Role
from appointments.services import invitations
from appointments.services.cancel import CANCEL
from appointments.services.change import retry_while_overtaken, write
from appointments.sql import AppointmentRow


def decline(*, user: User, id: int, code: str) -> AppointmentRow:
    """Free the time. Raises `InvalidCode` and `HoldExpired`, as `accept` does."""
    invitations.check_code(user.email, id, code)

    def attempt():
        snapshot = invitations.get_invited(id)
        parameters = snapshot.get_parameters(user) | {
            "role": Role.CLIENT,
            "reason": "",
            "is_late": False,
            "publishes_again": snapshot.was_published,
            "locks_diary": snapshot.was_published,
        }
        return write(CANCEL, parameters)

    with transaction.atomic():
        row = retry_while_overtaken(attempt, gone=HoldExpired)
        invitations.end(id)
    return row
