"""Tests: a separate database on the same server, without a pool or time-outs."""

from booking import env
from booking.runtime import embedded
from booking.settings.base import *

STAGE = "test"
DEBUG = False
SECRET_KEY = "for tests only: this key is public, and it is long"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# No pool: its open connections would prevent dropping the database.
DATABASES = {
    "default": env.database(env.database_url() or embedded.start(), DATABASE_OPTIONS)
}

# Tests send many requests at one moment of their clock. Tests of the throttles set rates.
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] |= {"change": None, "search": None}
REST_FRAMEWORK |= {
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

# Argon2 is slow on purpose, and the tests create many users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files come from the packages: they are not collected for tests.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
