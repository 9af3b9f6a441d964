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
# A code that signs in verifies the address as well.
_INCLUDED = {Purpose.VERIFY: [Purpose.VERIFY, Purpose.SIGN_IN]}


def make_code(user: User, purpose: Purpose) -> str:
    """Return new digits for a mail. An earlier mail's digits stop working."""
    code, fresh = _make_fresh(user, purpose)
    Code.objects.update_or_create(user=user, purpose=purpose, defaults=fresh)
    return code


def make_code_for_new_address(user: User, email: str) -> str | None:
    """Return digits for a mail to the address to change to, or None if it is not wanted."""
    code, fresh = _make_fresh(user, Purpose.EMAIL)
    pending = Code.objects.filter(user=user, purpose=Purpose.EMAIL, new_email=email)
    return code if pending.update(**fresh) else None


def use_code(email: str, purpose: Purpose, code: str) -> Code:
    """Return the code, with its user. It works once.

    A code that verifies an address may be one that changes a user's address to it. Raises
    `InvalidCode` for one that is wrong, used, expired or of nobody. Each wrong guess
    counts, and the fifth ends the code.
    """
    with transaction.atomic():
        used = _guess(User.objects.normalize_email(email), purpose, code)
    # Only now, so that the guess counts.
    if used is None:
        raise InvalidCode
    return used


@transaction.atomic
def request_new_address(user: User, email: str) -> None:
    """Let a worker send a code to the address to change to.

    If another account has it, only the owner of that one is told.
    """
    if owner := User.objects.filter(email=email).first():
        request_message(owner, MessageKind.EXISTS)
        return
    pending = {
        "new_email": email,
        "digest": "",
        "expires_at": timezone.now() + VALID_FOR,
        "guesses_left": MOST_GUESSES,
    }
    Code.objects.update_or_create(user=user, purpose=Purpose.EMAIL, defaults=pending)
    request_message(user, MessageKind.VERIFY, email)


def request_message(user: User, kind: MessageKind, address: str | None = None) -> None:
    """Let a worker send this message, if the transaction comes to an end.

    It goes to the address of the account, unless there is another.
    """
    AccountMessage.objects.create(user=user, kind=kind, address=address)


def announce_new_address(user: User, former: str | None) -> None:
    """Tell the former address, and the new one, that the address was changed.

    Codes that were sent to the former one end.
    """
    user.codes.all().delete()
    for address in (former, user.email):
        if address:
            request_message(user, MessageKind.CHANGED_ADDRESS, address)


def fits(one: Code, code: str) -> bool:
    """Tell whether these are the digits of the code. It is no guess, and counts as none."""
    return constant_time_compare(one.digest, _digest(one.user_id, one.purpose, code))


def delete_expired() -> int:
    return Code.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _guess(email, purpose, code):
    candidates = list(_find(email, purpose))
    for one in candidates:
        if fits(one, code):
            one.delete()
            return one
    for one in candidates:
        one.guesses_left -= 1
        if one.guesses_left:
            one.save(update_fields=["guesses_left"])
        else:
            one.delete()
    return None


def _find(email, purpose):
    """Yield the codes that were sent to the address: of its account, and one to change to it.

    Of several accounts that want to change to it, only the last may, so that their number
    is of no use to somebody who guesses.
    """
    rows = Code.objects.select_for_update(of=["self"]).select_related("user")
    valid = rows.filter(expires_at__gt=timezone.now(), user__is_active=True)
    yield from valid.filter(
        user__email=email, purpose__in=_INCLUDED.get(purpose, [purpose])
    )
    if purpose == Purpose.VERIFY:
        yield from valid.filter(new_email=email).order_by("-expires_at")[:1]


def make_digits() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _make_fresh(user, purpose):
    code = make_digits()
    return code, {
        "digest": _digest(user.pk, purpose, code),
        "expires_at": timezone.now() + VALID_FOR,
        "guesses_left": MOST_GUESSES,
    }


def _digest(user_id, purpose, code):
    """Return a hash that nobody can compute for all codes without the secret key."""
    text = f"{user_id} {purpose} {code}"
    return salted_hmac("accounts.codes", text, algorithm="sha256").hexdigest()
