"""Development: a database of its own unless DATABASE_URL is set, and no secrets."""

import dj_database_url

from booking import embedded, env
from booking.settings.base import *

DEBUG = True
SECRET_KEY = "for development only: everybody knows this key"  # noqa: S105
ALLOWED_HOSTS = ["*"]

DATABASES = {"default": dj_database_url.parse(env.database_url() or embedded.start())}
DATABASES["default"]["OPTIONS"] |= DATABASE_OPTIONS | {"pool": DATABASE_POOL}
