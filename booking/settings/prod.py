"""Production: the process stops if a secret is missing in the environment."""

from booking import env
from booking.settings.base import *

STAGE = "prod"
DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY")
# Former keys, which still verify what they signed.
SECRET_KEY_FALLBACKS = env.former_secrets("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.comma_separated("ALLOWED_HOSTS")

DATABASES = {
    "default": env.database(
        env.required("DATABASE_URL"),
        DATABASE_OPTIONS,
        DATABASE_TIMEOUTS,
        DATABASE_POOL,
    )
}

# TLS ends at a proxy. The proxy before this process must set this header and drop the
# client's: anyone who reaches the process past the proxy can claim TLS.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# "no" is for trying production without TLS. Passwords are then sent in the clear.
HTTPS_ONLY = env.boolean("HTTPS_ONLY", True)
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "booking.runtime.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # The server already logs a line for each refused request.
        "django.request": {"level": "ERROR"},
        "psycopg.pool": {"level": "WARNING"},
        # It tells of every start, and of every job.
        "procrastinate": {"level": "WARNING"},
    },
}

REQUIRE_VERIFIED_EMAIL = env.boolean("REQUIRE_VERIFIED_EMAIL", True)
globals().update(env.email("EMAIL_URL", "smtp://localhost"))
