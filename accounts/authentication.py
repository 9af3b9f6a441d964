"""Which user an access token stands for, in one statement that counts changes too."""

from collections import namedtuple
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from psycopg.types.numeric import Int8
from rest_framework.permissions import SAFE_METHODS
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.utils import aware_utcnow

from accounts.counters import COUNT_AGAIN, END, CountRow, get_key, get_rate
from accounts.models import User
from accounts.second_factors import lacks_required_factor
from accounts.tokens import SESSION_CLAIM
from booking.api.errors import SecondFactorRequired
from booking.statements import Statement

FIELDS = [field.attname for field in User._meta.concrete_fields]
COLUMNS = ", ".join(f'u."{field.column}"' for field in User._meta.concrete_fields)
UserRow = namedtuple("UserRow", [*FIELDS, "session_ended", "count", "expires_at"])
USER_COLUMNS = f"""{COLUMNS},
       -- A token made by hand has no session.
       %(session)s::bigint IS NOT NULL
       AND NOT EXISTS (SELECT FROM accounts_session
                        WHERE id = %(session)s AND user_id = u.id) AS session_ended"""
READ_USER = Statement(
    "read_user",
    f"""
-- Every request reads its user. The ORM takes longer to build this statement than
-- PostgreSQL to run it.
SELECT {USER_COLUMNS}, NULL AS count, NULL AS expires_at
  FROM accounts_user u
 WHERE u.id = %(id)s
""",  # noqa: S608
    UserRow,
)
READ_USER_AND_COUNT = Statement(
    "read_user_and_count",
    f"""
-- For a request that changes something. It is counted here to save a round trip.
WITH counted AS (
    INSERT INTO accounts_throttlecounter AS counter (key, count, expires_at)
    SELECT %(key)s, 1, {END} FROM accounts_user WHERE id = %(id)s
    ON CONFLICT (key) DO UPDATE
    SET {COUNT_AGAIN}
    RETURNING count, expires_at
)
SELECT {USER_COLUMNS}, counted.count, counted.expires_at
  FROM accounts_user u CROSS JOIN counted
 WHERE u.id = %(id)s
""",  # noqa: S608
    UserRow,
)


class PermissionRow(NamedTuple):
    name: str


READ_PERMISSIONS = Statement(
    "read_permissions",
    """
-- The model permissions of a user and of the user's groups. Only staff need these, so a
-- client's request does not pay for them.
SELECT type.app_label || '.' || permission.codename AS name
  FROM auth_permission permission
  JOIN django_content_type type ON type.id = permission.content_type_id
 WHERE permission.id IN (
       SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = %(id)s
       UNION ALL
       SELECT of_group.permission_id
         FROM accounts_user_groups member
         JOIN auth_group_permissions of_group USING (group_id)
        WHERE member.user_id = %(id)s)
""",
    PermissionRow,
)


class _Users:
    """Reads the user of a token as `User.objects.get(id=…)` does, with permissions."""

    DoesNotExist = User.DoesNotExist

    def __init__(self, token, rate):
        session = token.get(SESSION_CLAIM)
        self.session = None if session is None else Int8(session)
        self.rate, self.row = rate, None

    def get(self, id):
        parameters = {"id": Int8(id), "session": self.session}
        if self.rate is None:
            self.row = READ_USER.fetch_one(**parameters)
        else:
            key = get_key("change", "user", id)
            self.row = READ_USER_AND_COUNT.fetch_one(
                **parameters, **self.rate.get_parameters(key)
            )
        if self.row is None:
            raise User.DoesNotExist
        if self.row.session_ended:
            raise InvalidToken
        return _make_user(self.row)

    @property
    def objects(self):
        return self


def _make_user(row):
    user = User.from_db(connection.alias, FIELDS, row[: len(FIELDS)])
    if user.is_staff and user.is_active and not user.is_superuser:
        # Django's backend reads this before it would ask the database, twice.
        permissions = READ_PERMISSIONS.fetch_all(id=user.pk)
        user._perm_cache = {permission.name for permission in permissions}
    return user


class TokenAuthentication(JWTAuthentication):
    """Simple JWT's authentication, by a token that something may have ended.

    A new password, a deactivated account and the end of its session end a token. A
    request that changes something is counted for its user, as `counted_change`; the
    throttle decides on it. Where the practice requires a second factor, somebody without one
    uses only the views that say so (`serves_enrolment`).
    """

    rate = None

    def authenticate(self, request):
        if request.method not in SAFE_METHODS:
            self.rate = get_rate("change")
        authenticated = super().authenticate(request)
        if authenticated and self.rate:
            row = self.user_model.row
            request.counted_change = CountRow(row.count, row.expires_at)
        if authenticated and not _serves_enrolment(request):
            _check_factor(authenticated[0])
        return authenticated

    def get_user(self, validated_token):
        self.user_model = _Users(validated_token, self.rate)
        return super().get_user(validated_token)

    def get_validated_token(self, raw_token):
        token = _verify(raw_token)
        try:
            token.check_exp(current_time=aware_utcnow())
        except TokenError:
            # Now it is refused, with Simple JWT's own words.
            return super().get_validated_token(raw_token)
        return token


def _serves_enrolment(request):
    """Tell whether the view is for those too who have yet to add a second factor."""
    return getattr(request.parser_context["view"], "serves_enrolment", False)


def _check_factor(user):
    """Refuse a user who needs a second factor, as long as there is none."""
    if lacks_required_factor(user):
        raise SecondFactorRequired


@lru_cache(maxsize=1000)
def _verify(raw_token):
    """Verify a token once per process: after that, only the clock can end it.

    Decoding and verifying takes a seventh of the time that a booking needs. A
    refusal is not remembered.
    """
    return JWTAuthentication().get_validated_token(raw_token)
