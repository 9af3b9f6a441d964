"""Encryption of secrets that have to be read again, such as those that sign webhooks.

A stolen table opens nothing without SECRET_KEY. After that has changed, what was encrypted
with one of SECRET_KEY_FALLBACKS can still be read.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def encrypt(text: str) -> str:
    return _get_cipher().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` if no key that is known fits."""
    return _get_cipher().decrypt(token.encode()).decode()


def _get_cipher():
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key):
    digest = salted_hmac(__name__, "", secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest)
