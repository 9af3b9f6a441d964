"""Mails about accounts, some with a code."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.codes import VALID_FOR, make_code, make_code_for_new_address
from accounts.models import Purpose, User
from notifications.links import LinkPurpose, make_link
from notifications.models import Delivery, Kind

PURPOSES = {
    Kind.ACCOUNT_VERIFY: Purpose.VERIFY,
    Kind.ACCOUNT_SIGN_IN: Purpose.SIGN_IN,
    Kind.ACCOUNT_RESET: Purpose.RESET,
}
LINKS = {
    Kind.ACCOUNT_VERIFY: LinkPurpose.VERIFY,
    Kind.ACCOUNT_SIGN_IN: LinkPurpose.VERIFY,
    Kind.ACCOUNT_RESET: LinkPurpose.RESET,
}


class AccountMail(NamedTuple):
    subject: str
    intro: str
    code: str | None
    url: str | None
    minutes: int


def write_account_mail(delivery: Delivery, reader: User) -> AccountMail | None:
    """Return what to say, or None if its code is no longer wanted.

    A code is made here, so that only the mail has its digits.
    """
    purpose = PURPOSES.get(delivery.kind)
    code = _make_code(purpose, delivery.address, reader) if purpose else None
    if purpose and code is None:
        return None
    subject, intro = _get_texts()[delivery.kind]
    url = code and make_link(
        LINKS[delivery.kind], email=delivery.address or reader.email, code=code
    )
    return AccountMail(subject, intro, code, url, int(VALID_FOR.total_seconds() // 60))


def _make_code(purpose, new_address, reader):
    if new_address:
        return make_code_for_new_address(reader, new_address)
    return make_code(reader, purpose)


def _get_texts():
    return {
        Kind.ACCOUNT_VERIFY: (
            _("Your code"),
            _("Enter this code to confirm your address:"),
        ),
        Kind.ACCOUNT_SIGN_IN: (
            _("Your code to sign in"),
            _("Enter this code to sign in:"),
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
        Kind.ACCOUNT_CHANGED_ADDRESS: (
            _("Your address has changed"),
            _(
                "The address of your account was changed. If that was not you, tell the "
                "practice at once."
            ),
        ),
        Kind.ACCOUNT_FACTOR_ADDED: (
            _("Your account has a second factor"),
            _(
                "An authenticator app was added to your account. Signing in needs a code of "
                "it from now on. If that was not you, tell the practice at once."
            ),
        ),
        Kind.ACCOUNT_FACTOR_REMOVED: (
            _("A second factor was removed"),
            _(
                "An authenticator app was removed from your account, and its codes work no "
                "longer. If that was not you, change your password at once, and tell the "
                "practice."
            ),
        ),
    }
