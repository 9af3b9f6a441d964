"""Tests: a database of their own beside the embedded or the given one, no pool."""

from booking import env
from booking.runtime import embedded
from booking.settings.base import *

STAGE = "test"
DEBUG = False
SECRET_KEY = "for tests only: everybody knows this key, and it is long"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# No pool: it would keep connections open to a database that is to be dropped.
DATABASES = {
    "default": env.database(env.database_url() or embedded.start(), DATABASE_OPTIONS)
}

REST_FRAMEWORK |= {
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

# Argon2 is slow on purpose, and the tests create many users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files come from the packages; there is no collected folder.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
