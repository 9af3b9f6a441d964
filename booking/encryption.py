"""Encryption of secrets that have to be read again, such as those that sign webhooks.

A stolen table opens nothing without SECRET_KEY. After that has changed, what was encrypted
with one of SECRET_KEY_FALLBACKS can still be read.

Each context, such as a user, has keys of its own: what is copied to another cannot be read.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def encrypt(text: str, context: str = "") -> str:
    return _make_ciphers(context)[0].encrypt(text.encode()).decode()


def decrypt(token: str, context: str = "") -> str:
    """Raises `cryptography.fernet.InvalidToken` if no key that is known fits."""
    return MultiFernet(_make_ciphers(context)).decrypt(token.encode()).decode()


def renew(token: str, context: str = "") -> str | None:
    """Return it encrypted by the current key, or None if it is so or its key is gone."""
    current, *former = _make_ciphers(context)
    try:
        current.decrypt(token)
    except InvalidToken:
        return _renew(token, [current, *former])
    return None


def _renew(token, ciphers):
    try:
        return MultiFernet(ciphers).rotate(token.encode()).decode()
    except InvalidToken:
        return None


def _make_ciphers(context):
    """Return the ciphers of the current key and of the former ones."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [Fernet(_derive(key, context)) for key in keys]


def _derive(key, context):
    digest = salted_hmac(__name__, context, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest)
