"""Sessions in a browser, of staff: how long they last, used and unused."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.second_factors import has_second_factor
from booking.api.unavailable import explain_database_error

STARTED_AT, SAVED_AT = "_started_at", "_saved_at"
# The user who has shown a second factor in this session.
VERIFIED = "_verified"
# A session in use is saved so often. Until then, its use does not prolong it.
SAVE_EVERY = timedelta(minutes=1)


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with an absolute and an idle lifetime.

    The row expires at whichever comes first, and using the session moves the idle one.
    """

    def load(self):
        data = super().load()
        if data and _now() - data.get(SAVED_AT, 0) >= SAVE_EVERY.total_seconds():
            self.modified = True
        return data

    def cycle_key(self):
        # Signing in, and setting a new password, start a new lifetime.
        self[STARTED_AT] = _now()
        super().cycle_key()

    def save(self, must_create=False):
        if self.session_key is not None:
            data = self._get_session(no_load=must_create)
            data[SAVED_AT] = _now()
            data.setdefault(STARTED_AT, data[SAVED_AT])
        try:
            super().save(must_create)
        except UpdateError as error:
            # Django takes every error of the database for a session that was deleted.
            if explain_database_error(error.__context__) is None:
                raise
            raise error.__context__ from error.__context__.__cause__

    def get_session_cookie_age(self):
        longest = timedelta(hours=settings.STAFF_SESSION_HOURS).total_seconds()
        idle = timedelta(minutes=settings.STAFF_IDLE_MINUTES).total_seconds()
        age = _now() - self.get(STARTED_AT, _now())
        return int(min(idle, longest - age))


def is_verified(request) -> bool:
    """Tell whether the session has shown every factor that its user has.

    One that began before the user had a second factor has not.
    """
    user = request.user
    if not hasattr(request, "is_verified"):
        is_marked = request.session.get(VERIFIED) == user.pk
        request.is_verified = is_marked or not has_second_factor(user)
    return request.is_verified


def mark_verified(request, user) -> None:
    """Record in the session that its user has shown a second factor."""
    request.session[VERIFIED] = user.pk
    request.is_verified = True


def on_sign_in(sender, request, user, **kwargs):
    """Begin the session with the factors that the user has shown."""
    request.session.pop(VERIFIED, None)
    if getattr(user, "second_factor", None):
        mark_verified(request, user)


def _now():
    return int(timezone.now().timestamp())
