"""Six digits, by mail, that prove who reads an address."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.errors import InvalidCode
from accounts.models import AccountMessage, Code, MessageKind, Purpose, User

VALID_FOR = timedelta(minutes=30)
MOST_GUESSES = 5
DIGITS = 6


def make_code(user: User, purpose: Purpose) -> str:
    """Return new digits for a mail. An earlier mail's digits stop working."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    fresh = {
        "digest": _digest(user.pk, purpose, code),
        "expires_at": timezone.now() + VALID_FOR,
        "guesses_left": MOST_GUESSES,
    }
    Code.objects.update_or_create(user=user, purpose=purpose, defaults=fresh)
    return code


def use_code(email: str, purpose: Purpose, code: str) -> User:
    """Return whose code this is. It works once.

    Raises `InvalidCode` for one that is wrong, used, expired or of nobody. Each wrong guess
    counts, and the fifth ends the code.
    """
    with transaction.atomic():
        user = _guess(email, purpose, code)
    # Only now, so that the guess counts.
    if user is None:
        raise InvalidCode
    return user


def request_message(user: User, kind: MessageKind) -> None:
    """Let a worker send this message, if the transaction comes to an end."""
    AccountMessage.objects.create(user=user, kind=kind)


def delete_expired() -> int:
    return Code.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _guess(email, purpose, code):
    rows = Code.objects.select_for_update(of=["self"]).select_related("user")
    found = rows.filter(
        user__email=User.objects.normalize_email(email),
        user__is_active=True,
        purpose=purpose,
        expires_at__gt=timezone.now(),
    ).first()
    if found is None:
        return None
    if constant_time_compare(found.digest, _digest(found.user_id, purpose, code)):
        found.delete()
        return found.user
    found.guesses_left -= 1
    if found.guesses_left:
        found.save(update_fields=["guesses_left"])
    else:
        found.delete()
    return None


def _digest(user_id, purpose, code):
    """Return a hash that nobody can compute for all codes without the secret key."""
    text = f"{user_id} {purpose} {code}"
    return salted_hmac("accounts.codes", text, algorithm="sha256").hexdigest()
