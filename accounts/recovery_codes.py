"""Codes that sign in once each, for somebody whose phone is lost. Only hashes are stored."""

import hashlib
import re
import secrets

from accounts.models import RecoveryCode, User
from accounts.security_log import record_recovery_codes

NUMBER = 10
# Without letters and digits that look alike. Four groups are 79 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = GROUP_LENGTH = 4


def replace_recovery_codes(user: User) -> list[str]:
    """Return new codes, within a transaction. The former ones stop working."""
    codes = [_make_code() for _ in range(NUMBER)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(user, code)) for code in codes
    )
    record_recovery_codes(user)
    return codes


def use_recovery_code(user: User, code: str) -> bool:
    """Tell whether it was a code of the user. It is none any more."""
    return user.recovery_codes.filter(digest=_digest(user, code)).delete()[0] == 1


def _make_code():
    groups = (
        "".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH))
        for _ in range(GROUPS)
    )
    return "-".join(groups)


def _digest(user, code):
    """Return a hash that needs no key: a code is too long to be guessed from it."""
    letters = re.sub("[^a-z0-9]", "", code.lower())
    return hashlib.sha256(f"{user.pk} {letters}".encode()).hexdigest()
