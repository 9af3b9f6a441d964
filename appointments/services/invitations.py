"""Invitations: a time is held for the reader of an address, who accepts it by a code.

Neither the response nor the time it takes tells whether the address has an account.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.codes import MOST_GUESSES, make_digits
from accounts.errors import InvalidCode
from accounts.models import User
from appointments.errors import HoldExpired
from appointments.models import Invitation
from appointments.models.statuses import Status
from appointments.services.change import AppointmentSnapshot, get_any_snapshot
from appointments.sql import AppointmentRow


def get_expiry(start: datetime) -> datetime:
    """Return when an invitation that is made now expires: at the start at the latest."""
    return min(timezone.now() + timedelta(hours=settings.INVITATION_HOURS), start)


def invite(user: User, row: AppointmentRow, email: str) -> AppointmentRow:
    """Let a worker invite the address to the appointment, which is held until then."""
    pending = {
        "email": email,
        "invited_by": user,
        "digest": "",
        "guesses_left": MOST_GUESSES,
        "expires_at": row.hold_expires_at,
        "is_relayed": False,
    }
    Invitation.objects.update_or_create(appointment_id=row.id, defaults=pending)
    return row._replace(invited=True)


def make_code(invitation: Invitation) -> str:
    """Return new digits for a mail. An earlier mail's digits stop working."""
    code = make_digits()
    invitation.digest, invitation.guesses_left = _digest(invitation, code), MOST_GUESSES
    invitation.save(update_fields=["digest", "guesses_left"])
    return code


def get_invited(id: int) -> AppointmentSnapshot:
    """Return the appointment while it is held for somebody who was invited.

    Raises `HoldExpired` afterwards.
    """
    snapshot = get_any_snapshot(id)
    if (
        snapshot is None
        or snapshot.status != Status.HELD
        or snapshot.client_id is not None
    ):
        raise HoldExpired
    return snapshot


def end(id: int) -> None:
    """Delete the invitation to the appointment, which was accepted or declined."""
    Invitation.objects.filter(appointment=id).delete()


def delete_expired() -> int:
    """Delete the invitations that nobody has accepted in time; return how many."""
    return Invitation.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def check_code(email: str, id: int, code: str) -> None:
    """Refuse a code unless it was sent to the address for this appointment.

    Each wrong guess counts, and the fifth ends the code.
    """
    with transaction.atomic():
        is_right = _guess(email, id, code)
    if not is_right:
        refusal = InvalidCode()
        # The guess counts, also in the transaction of an idempotent request.
        refusal.keeps_changes = True
        raise refusal


def _guess(email, id, code):
    rows = Invitation.objects.select_for_update()
    found = rows.filter(appointment=id, email=email, guesses_left__gt=0).first()
    if found is None:
        return False
    if constant_time_compare(found.digest, _digest(found, code)):
        if found.expires_at <= timezone.now():
            raise HoldExpired
        return True
    found.guesses_left -= 1
    found.save(update_fields=["guesses_left"])
    return False


def _digest(invitation, code):
    text = f"{invitation.pk} {invitation.email} {code}"
    return salted_hmac(__name__, text, algorithm="sha256").hexdigest()
