"""Sessions of the API: started by a sign-in, carried on by refresh tokens, and ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.exceptions import AuthenticationFailed, TokenError

from accounts.authentication import TokenAuthentication
from accounts.codes import announce_new_address, request_message
from accounts.errors import AddressTaken, WrongOldPassword
from accounts.hashers import give_back_connection
from accounts.models import MessageKind, Session, User
from accounts.security_log import record_reuse, record_sign_in
from accounts.tokens import SESSION_CLAIM, RefreshToken
from booking.api.errors import violations_as
from booking.audit import set_actor_of_transaction
from booking.origin import get_origin

# A client whose answer was lost sends its token again within this time.
GRACE = timedelta(seconds=60)
# Of one user. A new session ends the one that was used longest ago.
MOST_SESSIONS = 20


def start_session(user: User) -> RefreshToken:
    """Start a session of the user; return its first refresh token.

    Of more than `MOST_SESSIONS`, those used longest ago end.
    """
    token = RefreshToken.for_user(user)
    now = timezone.now()
    session = Session(
        user=user,
        jti=token["jti"],
        started_at=now,
        used_at=now,
        address=get_origin().address,
    )
    session.expires_at = _get_expiry(session, now)
    session.save()
    _end_oldest(user)
    token[SESSION_CLAIM] = session.pk
    return _date(token, session)


def sign_in(user: User, **details: str) -> RefreshToken:
    """Start a session of somebody who has shown every factor that the account has."""
    # Both or neither, so that the refusal of a sign-in is right that nothing was done.
    with transaction.atomic():
        record_sign_in(user, **details)
        return start_session(user)


def rotate(raw_token: str) -> RefreshToken:
    """Exchange the refresh token for the next one of its session.

    Of several simultaneous requests with one token, only one succeeds. Raises
    `TokenError`, also if the user is inactive or has changed the password since.
    """
    with _use(raw_token) as (token, session):
        _check_user(token)
        now = timezone.now()
        token.set_jti()
        token.set_iat(at_time=now)
        session.rotate(token["jti"], now, GRACE)
        session.expires_at = _get_expiry(session, now)
        session.save()
    return _date(token, session)


def format_pair(token: RefreshToken) -> dict[str, str]:
    """Return the refresh token, and an access token of its session, as they are sent."""
    return {"access": str(token.access_token), "refresh": str(token)}


def end_session(raw_token: str) -> None:
    """End the session of the refresh token. Raises `TokenError`."""
    with _use(raw_token) as (_, session):
        session.delete()


def change_password(user: User, new_password: str) -> RefreshToken:
    """Set the password, end every session of the user, and start the only one left.

    The new password ends the sessions in a browser too. Raises `WrongOldPassword` if another
    request changed it since the user was read.
    """
    old_hash = user.password
    # Hashed before the transaction, because hashing may wait.
    give_back_connection()
    user.set_password(new_password)
    with transaction.atomic():
        set_actor_of_transaction(user, role="")
        unchanged = User.objects.filter(pk=user.pk, password=old_hash)
        if not unchanged.update(password=user.password):
            raise WrongOldPassword
        _announce_new_password(user)
        return start_session(user)


def reset_password(user: User, password: str) -> None:
    """Set a hashed password, as the reader of the address, and end every session."""
    with transaction.atomic():
        set_actor_of_transaction(user, role="")
        user.password = password
        _record_verification(user, "password")
        _announce_new_password(user)


def verify(user: User, *, chose_password: bool) -> None:
    """Record that the user reads the address.

    Only the code of a registration shows that the reader `chose_password`. Without it, a
    stranger may have registered the address: password, sessions and codes then end, and the
    reader sets a new password or goes on with codes. Second factors stay, as staff may have
    changed the address of somebody whom they protect.
    """
    with transaction.atomic():
        set_actor_of_transaction(user, role="")
        if chose_password or not _may_be_a_strangers(user):
            _record_verification(user)
            return
        user.set_unusable_password()
        _record_verification(user, "password")
        user.sessions.all().delete()
        user.codes.all().delete()


def _may_be_a_strangers(user):
    """Tell whether anybody may have registered it. Nobody registers as staff."""
    return not user.email_verified and not user.is_staff


def _record_verification(user, *changed):
    user.verified_at, user.email_bounced_at = timezone.now(), None
    user.save(update_fields=["verified_at", "email_bounced_at", *changed])


def change_address(user: User, new_email: str) -> None:
    """Change the address to one that the user reads, and tell both.

    Raises `AddressTaken` if another account was faster.
    """
    former = user.email
    with violations_as([AddressTaken]), transaction.atomic():
        set_actor_of_transaction(user, role="")
        user.email, user.verified_at = new_email, timezone.now()
        user.email_bounced_at = None
        user.save(update_fields=["email", "verified_at", "email_bounced_at"])
        announce_new_address(user, former)


def delete_expired() -> int:
    """Delete the sessions that have expired; return how many there were."""
    return Session.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _announce_new_password(user):
    """End what somebody may have begun with the former password."""
    user.codes.all().delete()
    user.sessions.all().delete()
    request_message(user, MessageKind.CHANGED)


def _end_oldest(user):
    last_used = user.sessions.order_by("-used_at", "-id").values("pk")
    user.sessions.filter(pk__in=last_used[MOST_SESSIONS:]).delete()


@contextmanager
def _use(raw_token: str) -> Iterator[tuple[RefreshToken, Session]]:
    """Lock the token's session; refuse the token unless it is the session's last.

    A token that was exchanged longer ago than `GRACE` is probably stolen. Then the
    session ends, because nobody can tell the thief from the owner.
    """
    token = RefreshToken(raw_token)
    with transaction.atomic():
        session = _lock(token)
        if session is not None and session.jti == token["jti"]:
            yield token, session
            return
        if session is not None and not session.has_rotated(
            token["jti"], since=timezone.now() - GRACE
        ):
            record_reuse(session.user)
            session.delete()
    raise TokenError("Token is no longer valid")


def _lock(token) -> Session | None:
    return (
        Session.objects.select_for_update(no_key=True)
        .filter(pk=token.get(SESSION_CLAIM), user=token["user_id"])
        .first()
    )


def _check_user(token):
    """Refuse the token for the same reasons as an access token."""
    try:
        TokenAuthentication().get_user(token)
    except AuthenticationFailed as error:
        raise TokenError("Token is no longer valid") from error


def _get_expiry(session: Session, now: datetime) -> datetime:
    """Return when the next refresh token expires: with the session at the latest."""
    end = session.started_at + timedelta(days=settings.SESSION_DAYS)
    return min(now + RefreshToken.lifetime, end)


def _date(token, session):
    token.set_exp(from_time=session.expires_at, lifetime=timedelta())
    return token
