from functools import lru_cache

from django.db import connection
from psycopg.types.numeric import Int8
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import aware_utcnow

from accounts.models import User

FIELDS = [field.attname for field in User._meta.concrete_fields]
COLUMNS = ", ".join(f'"{field.column}"' for field in User._meta.concrete_fields)
READ_USER = f"SELECT {COLUMNS} FROM accounts_user WHERE id = %s"  # noqa: S608


class _Users:
    """Reads a user as `User.objects.get(id=…)` does, without building the query.

    Every request reads its user, and the ORM takes longer to build this statement than
    PostgreSQL to run it.
    """

    DoesNotExist = User.DoesNotExist

    def get(self, id):
        with connection.cursor() as cursor:
            cursor.execute(READ_USER, [Int8(id)])
            row = cursor.fetchone()
        if row is None:
            raise User.DoesNotExist
        return User.from_db(connection.alias, FIELDS, row)

    @property
    def objects(self):
        return self


class TokenAuthentication(JWTAuthentication):
    """Simple JWT's authentication, which refuses inactive users and old passwords."""

    def __init__(self):
        self.user_model = _Users()

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
