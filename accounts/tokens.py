"""Access and refresh tokens: which keys sign them, and which claims they must have."""

import re

import jwt
from django.conf import settings
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError

from booking.api.fields import LARGEST_ID

ALGORITHM = "HS256"
ID = re.compile("[1-9][0-9]{0,18}")
JTI = re.compile("[0-9a-f]{32}")
# The claim that names the session; tokens made by hand may lack it.
SESSION_CLAIM = "session"


class RotatingKeys(TokenBackend):
    """Signs with SECRET_KEY, and verifies with SECRET_KEY_FALLBACKS too."""

    def get_verifying_key(self, token):
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                jwt.PyJWS().decode(token, key, algorithms=[self.algorithm])
            except jwt.InvalidTokenError:
                continue
            return key
        return settings.SECRET_KEY

    def decode(self, token, verify=True):
        try:
            return super().decode(token, verify)
        except (TypeError, ValueError, OverflowError) as error:
            # PyJWT converts the moments in the claims without looking at them first.
            raise TokenBackendError("Token is invalid") from error


BACKEND = RotatingKeys(ALGORITHM, settings.SECRET_KEY)


class _CheckedClaims:
    """Refuses a token whose claims, though validly signed, make no sense."""

    _token_backend = BACKEND

    def verify(self):
        try:
            super().verify()
        except (TypeError, ValueError, OverflowError, OSError) as error:
            raise TokenError("Token is invalid") from error
        if not (
            _is_id(self.payload.get("user_id"))
            and _is_id(self.payload.get(SESSION_CLAIM, 1))
            and JTI.fullmatch(str(self.payload["jti"]))
        ):
            raise TokenError("Token is invalid")


class AccessToken(_CheckedClaims, tokens.AccessToken):
    pass


class RefreshToken(_CheckedClaims, tokens.RefreshToken):
    access_token_class = AccessToken


def _is_id(claim):
    text = str(claim)
    return ID.fullmatch(text) is not None and int(text) <= LARGEST_ID
