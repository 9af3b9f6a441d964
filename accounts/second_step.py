"""The answer to a sign-in: tokens, or a token for the second step of the sign-in."""

from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import User
from accounts.second_factors import has_second_factor, use_code
from accounts.sessions import format_pair, sign_in

SALT = "accounts.second_step"
VALID_FOR = timedelta(minutes=5)


def answer_sign_in(user: User) -> dict[str, str]:
    """Return what signs in somebody who has shown one factor: tokens, or what to do next.

    Every way to sign in to the API ends here.
    """
    if has_second_factor(user):
        return {"second_factor": make_token(user)}
    return format_pair(sign_in(user))


def make_token(user: User) -> str:
    """Return a token that lets its holder send a code, and nothing else."""
    facts = {"user": user.pk, "password": _digest_password(user)}
    return signing.dumps(facts, salt=SALT)


def read_token(token: str) -> User:
    """Return the user of the token. Raises `InvalidToken`, also after a new password."""
    try:
        facts = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature as error:
        raise InvalidToken from error
    user = User.objects.filter(pk=facts["user"], is_active=True).first()
    if user is None or not constant_time_compare(
        facts["password"], _digest_password(user)
    ):
        raise InvalidToken
    return user


def answer_second_step(token: str, code: str) -> dict[str, str]:
    """Return tokens for the token of the first step and a code.

    Raises `InvalidToken`, `WrongCode`, `TooManyFailures`.
    """
    user = read_token(token)
    return format_pair(sign_in(user, second_factor=use_code(user, code)))


def _digest_password(user):
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()[:16]
