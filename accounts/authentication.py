"""Which user an access token stands for, read in one statement."""

from collections import namedtuple
from functools import lru_cache

from django.db import connection
from psycopg.types.numeric import Int8
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.utils import aware_utcnow

from accounts.models import User
from accounts.tokens import SESSION_CLAIM
from booking.statements import Statement

FIELDS = [field.attname for field in User._meta.concrete_fields]
COLUMNS = ", ".join(f'u."{field.column}"' for field in User._meta.concrete_fields)
UserRow = namedtuple("UserRow", [*FIELDS, "permissions", "session_ended"])
USER_COLUMNS = f"""{COLUMNS},
       -- For staff, also the model permissions of themselves and of their groups. Others
       -- have none, and superusers need none.
       CASE WHEN u.is_staff AND NOT u.is_superuser THEN ARRAY(
           SELECT type.app_label || '.' || permission.codename
             FROM auth_permission permission
             JOIN django_content_type type ON type.id = permission.content_type_id
            WHERE permission.id IN (
                  SELECT permission_id FROM accounts_user_user_permissions
                   WHERE user_id = u.id
                  UNION ALL
                  SELECT of_group.permission_id
                    FROM accounts_user_groups member
                    JOIN auth_group_permissions of_group USING (group_id)
                   WHERE member.user_id = u.id)) END AS permissions,
       -- A token made by hand has no session.
       %(session)s::bigint IS NOT NULL
       AND NOT EXISTS (SELECT FROM accounts_session
                        WHERE id = %(session)s AND user_id = u.id) AS session_ended"""  # noqa: S608
READ_USER = Statement(
    "read_user",
    f"""
-- Every request reads its user. The ORM takes longer to build this statement than
-- PostgreSQL to run it.
SELECT {USER_COLUMNS}
  FROM accounts_user u
 WHERE u.id = %(id)s
""",  # noqa: S608
    UserRow,
)


class _Users:
    """Reads the user of a token as `User.objects.get(id=…)` does, with permissions."""

    DoesNotExist = User.DoesNotExist

    def __init__(self, token):
        session = token.get(SESSION_CLAIM)
        self.session = None if session is None else Int8(session)

    def get(self, id):
        row = READ_USER.fetch_one(id=Int8(id), session=self.session)
        if row is None:
            raise User.DoesNotExist
        if row.session_ended:
            raise InvalidToken
        return _make_user(row)

    @property
    def objects(self):
        return self


def _make_user(row):
    user = User.from_db(connection.alias, FIELDS, row[: len(FIELDS)])
    if row.permissions is not None:
        # Django's backend reads this before it would ask the database.
        user._perm_cache = set(row.permissions)
    return user


class TokenAuthentication(JWTAuthentication):
    """Simple JWT's authentication, by a token that something may have ended.

    A new password, a deactivated account and the end of its session end a token.
    """

    def get_user(self, validated_token):
        self.user_model = _Users(validated_token)
        return super().get_user(validated_token)

    def get_validated_token(self, raw_token):
        token = _verify(raw_token)
        try:
            token.check_exp(current_time=aware_utcnow())
        except TokenError:
            # Now it is refused, with Simple JWT's own words.
            return super().get_validated_token(raw_token)
        return token


@lru_cache(maxsize=1000)
def _verify(raw_token):
    """Verify a token once per process: after that, only the clock can end it.

    Decoding and verifying takes a seventh of the time that a booking needs. What is
    refused is not remembered.
    """
    return JWTAuthentication().get_validated_token(raw_token)
