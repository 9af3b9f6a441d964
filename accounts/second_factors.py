"""Second factors: adding and removing authenticator apps, and using their codes."""

import re
from datetime import timedelta

import pyotp
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.codes import request_message
from accounts.counters import get_key
from accounts.errors import NoSecondFactor, TooManySecondFactors, WrongCode
from accounts.models import MessageKind, SecondFactor, Session, User
from accounts.recovery_codes import replace_recovery_codes, use_recovery_code
from accounts.security_log import record_wrong_code
from accounts.sign_in import FailureLimits
from booking.audit import set_actor_of_transaction
from booking.encryption import decrypt, encrypt, renew

# How long somebody may take to send a code after adding an app.
CONFIRM_WITHIN = timedelta(minutes=30)
MOST_FACTORS = 5
# Codes of the 30 seconds before and after count too: clocks are not exact.
STEPS_AROUND = 1
DIGITS = re.compile("[0-9]{6}")


def has_second_factor(user: User) -> bool:
    return user.second_factors.confirmed().exists()


def lacks_required_factor(user: User) -> bool:
    """Tell whether the practice requires a second factor of the user, who has none."""
    return (
        settings.REQUIRE_SECOND_FACTOR
        and not has_second_factor(user)
        and not user.is_client()
    )


def use_code(user: User, code: str) -> str:
    """Take a code of an app, or a recovery code, each of which works once.

    Returns which of the two it was. Of several simultaneous requests with one code, only
    one succeeds. Wrong codes make the next try wait, whichever address it comes from:
    only somebody who has the password gets so far. Raises `WrongCode`, `TooManyFailures`.
    """
    with transaction.atomic():
        # All tries of one account queue here, so that each sees the failures before it.
        rows = user.second_factors.confirmed().select_for_update(no_key=True)
        factors = list(rows)
        limits = FailureLimits(get_key("second_factor", "account", user.pk))
        limits.check()
        kind = _use(user, factors, code)
        if kind:
            limits.forget()
        else:
            limits.count()
            record_wrong_code(user)
    # Only now, so that the failure counts.
    if kind is None:
        raise WrongCode
    return kind


def begin(user: User, name: str) -> tuple[SecondFactor, str]:
    """Return a factor, which does not count before it is confirmed, and its secret.

    It replaces one that was begun before and never confirmed.
    """
    if user.second_factors.confirmed().count() >= MOST_FACTORS:
        raise TooManySecondFactors
    secret = pyotp.random_base32()
    fresh = {
        "name": name,
        "secret": encrypt(secret, _get_context(user.pk)),
        "created_at": timezone.now(),
    }
    factor, _ = SecondFactor.objects.update_or_create(
        user=user, confirmed_at=None, defaults=fresh
    )
    return factor, secret


def get_url(user: User, secret: str) -> str:
    """Return the address that authenticator apps read, mostly as a QR code."""
    name = user.email or str(user.pk)
    return pyotp.TOTP(secret).provisioning_uri(
        name=name, issuer_name=settings.PRACTICE_NAME
    )


def get_pending(user: User):
    since = timezone.now() - CONFIRM_WITHIN
    return user.second_factors.pending().filter(created_at__gt=since)


def confirm(
    factor: SecondFactor, code: str, current_session: int | None = None
) -> list[str]:
    """Let the factor count from now on. The first one brings recovery codes.

    The first one also ends all other sessions, which began without. Raises `WrongCode`.
    """
    user = factor.user
    with transaction.atomic():
        set_actor_of_transaction(user, role="")
        if not _use_app(factor, code):
            raise WrongCode
        is_first = not has_second_factor(user)
        # Of two simultaneous requests, the second finds nothing to confirm.
        unconfirmed = SecondFactor.objects.pending().filter(
            pk=factor.pk, secret=factor.secret
        )
        if not unconfirmed.update(
            confirmed_at=timezone.now(), last_step=factor.last_step
        ):
            raise WrongCode
        request_message(user, MessageKind.FACTOR_ADDED)
        if not is_first:
            return []
        Session.objects.filter(user=user).exclude(pk=current_session).delete()
        return replace_recovery_codes(user)


def remove(factor: SecondFactor, by: User | None = None) -> None:
    """Remove the factor; with the last one, the recovery codes too."""
    user = factor.user
    with transaction.atomic():
        if by:
            set_actor_of_transaction(by, role="")
        deleted, _ = factor.delete()
        if not deleted:
            return
        if not has_second_factor(user):
            user.recovery_codes.all().delete()
        request_message(user, MessageKind.FACTOR_REMOVED)


def make_recovery_codes(user: User) -> list[str]:
    """Return ten new codes, which nobody can read again. The former ones stop working."""
    if not has_second_factor(user):
        raise NoSecondFactor
    with transaction.atomic():
        return replace_recovery_codes(user)


def renew_secrets() -> int:
    """Encrypt by the current SECRET_KEY what a former one encrypted; return how many."""
    renewed = 0
    for factor in SecondFactor.objects.order_by("pk"):
        secret = renew(factor.secret, _get_context(factor.user_id))
        if secret:
            same = SecondFactor.objects.filter(pk=factor.pk, secret=factor.secret)
            renewed += same.update(secret=secret)
    return renewed


def delete_expired() -> int:
    """Delete the factors that nobody confirmed in time; return how many there were."""
    until = timezone.now() - CONFIRM_WITHIN
    return SecondFactor.objects.pending().filter(created_at__lte=until).delete()[0]


def _use(user, factors, code):
    if not factors:
        return None
    if not DIGITS.fullmatch(code.replace(" ", "")):
        return "recovery_code" if use_recovery_code(user, code) else None
    for factor in factors:
        if _use_app(factor, code):
            factor.used_at = timezone.now()
            factor.save(update_fields=["last_step", "used_at"])
            return "app"
    return None


def _use_app(factor, code):
    """Tell whether it is a code of the app, later than the last; remember its moment."""
    try:
        secret = decrypt(factor.secret, _get_context(factor.user_id))
        step = pyotp.TOTP(secret).verify_and_get_timecode(
            code.replace(" ", ""), for_time=timezone.now(), valid_window=STEPS_AROUND
        )
    except (InvalidToken, pyotp.OTPVerificationError):
        # The key of the secret is gone, or the code is wrong.
        return False
    if step <= factor.last_step:
        return False
    factor.last_step = step
    return True


def _get_context(user_id):
    return f"second factor of {user_id}"
