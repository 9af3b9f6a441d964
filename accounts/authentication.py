from functools import lru_cache

from django.db import connection
from psycopg.types.numeric import Int8
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.utils import aware_utcnow

from accounts.models import User

FIELDS = [field.attname for field in User._meta.concrete_fields]
COLUMNS = ", ".join(f'u."{field.column}"' for field in User._meta.concrete_fields)
# For staff, also the model permissions of themselves and of their groups. Others have
# none, and superusers need none.
READ_USER = f"""
SELECT {COLUMNS},
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
                   WHERE member.user_id = u.id)) END
  FROM accounts_user u
 WHERE u.id = %s
"""  # noqa: S608


class _Users:
    """Reads a user as `User.objects.get(id=…)` does, with the permissions of staff.

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
        *values, permissions = row
        user = User.from_db(connection.alias, FIELDS, values)
        if permissions is not None:
            # Django's backend reads this before it would ask the database.
            user._perm_cache = set(permissions)
        return user

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
