"""Mails about accounts, some with a code."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.codes import VALID_FOR, make_code
from accounts.models import Purpose, User
from notifications.models import Kind

PURPOSES = {Kind.ACCOUNT_VERIFY: Purpose.VERIFY, Kind.ACCOUNT_RESET: Purpose.RESET}


class AccountMail(NamedTuple):
    subject: str
    intro: str
    code: str | None
    minutes: int


def write_account_mail(kind: str, reader: User) -> AccountMail:
    """Return what to say. A code is made here, so that only the mail has its digits."""
    purpose = PURPOSES.get(Kind(kind))
    subject, intro = _get_texts()[kind]
    code = make_code(reader, purpose) if purpose else None
    return AccountMail(subject, intro, code, int(VALID_FOR.total_seconds() // 60))


def _get_texts():
    return {
        Kind.ACCOUNT_VERIFY: (
            _("Your code"),
            _("Enter this code to confirm your address:"),
        ),
        Kind.ACCOUNT_RESET: (
            _("Your code for a new password"),
            _("Enter this code to set a new password:"),
        ),
        Kind.ACCOUNT_EXISTS: (
            _("You already have an account"),
            _(
                "Somebody tried to register this address. If that was you, sign in, or ask "
                "for a new password."
            ),
        ),
        Kind.ACCOUNT_CHANGED: (
            _("Your password has changed"),
            _(
                "The password of your account was changed, and all other sessions ended. If "
                "that was not you, ask for a new password at once."
            ),
        ),
    }
