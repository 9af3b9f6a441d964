"""Tests: a database of their own beside the embedded or the given one, no pool."""

import dj_database_url

from booking import embedded, env
from booking.settings.base import *

DEBUG = False
SECRET_KEY = "for tests only: everybody knows this key, and it is long"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

DATABASES = {"default": dj_database_url.parse(env.database_url() or embedded.start())}
# A pool would keep connections to the test database open when it is dropped.
DATABASES["default"]["OPTIONS"] |= DATABASE_OPTIONS

# Argon2 is slow on purpose, and the tests create many users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files come from the packages; there is no collected folder.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
