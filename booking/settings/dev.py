"""Development: an embedded database unless DATABASE_URL is set, and no secrets."""

from booking import env
from booking.runtime import embedded
from booking.settings.base import *

STAGE = "dev"
DEBUG = True
SECRET_KEY = "for development only: this key is public"  # noqa: S105
ALLOWED_HOSTS = ["*"]

DATABASES = {
    "default": env.database(
        env.database_url() or embedded.start(),
        DATABASE_OPTIONS,
        DATABASE_TIMEOUTS,
        DATABASE_POOL,
    )
}

# `/dev/mail` shows them.
globals().update(env.email("EMAIL_URL", f"dir://{BASE_DIR}/.data/mail"))
