"""Settings that all stages share. The stages assign on top of them."""

import zoneinfo
from datetime import timedelta
from pathlib import Path

import orjson

from booking import env
from booking.settings.openapi import SPECTACULAR_SETTINGS  # noqa: F401

# Time zone rules come from the pinned package. Those of the operating system can be
# years old.
zoneinfo.reset_tzpath(to=())

BASE_DIR = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    # Before the admin, whose templates it replaces.
    "booking",
    "booking.apps.PracticeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "rest_framework",
    "accounts",
    "therapists",
    "appointments",
    "notifications",
]

MIDDLEWARE = [
    "booking.api.headers.SecurityHeaders",
    # Outside of everything that may refuse: a front end reads refusals too.
    "corsheaders.middleware.CorsMiddleware",
    "booking.api.middleware.RequestId",
    "booking.api.middleware.ErrorsAsJson",
    "booking.api.middleware.WholeBodies",
    "booking.api.health.HealthFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "booking.admin.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "booking.api.parameters.UnknownParameters",
]

ROOT_URLCONF = "booking.urls"
WSGI_APPLICATION = "booking.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASE_OPTIONS = {
    # Parameters are sent apart from the SQL, so that PostgreSQL plans a statement once
    # for each connection. Planning costs more than running it.
    "server_side_binding": True,
    "prepare_threshold": 3,
    "options": "-c plan_cache_mode=force_generic_plan -c jit=off",
    "connect_timeout": 3,
    "application_name": "booking",
    # A server that vanished is noticed within about three seconds.
    "tcp_user_timeout": 3000,
    "keepalives": 1,
    "keepalives_idle": 1,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
# PostgreSQL undoes what takes longer, and frees its locks even if this process hangs.
# Commands choose their own: see `env.COMMAND_TIMEOUTS`.
DATABASE_TIMEOUTS = {
    "lock_timeout": env.integer("LOCK_TIMEOUT_SECONDS", 2),
    "statement_timeout": env.integer("STATEMENT_TIMEOUT_SECONDS", 5),
    "idle_in_transaction_session_timeout": env.integer(
        "IDLE_IN_TRANSACTION_SECONDS", 3
    ),
}
DATABASE_POOL = {
    "min_size": 1,
    "max_size": env.integer("WEB_THREADS", 4, least=1),
    "timeout": 3,
    # The pool retries a lost connection for this long, with growing pauses. Then the
    # next request starts again, so that the service is back soon after its database.
    "reconnect_timeout": 5,
}

AUTH_USER_MODEL = "accounts.User"
# For a sign-in whose `next` leads elsewhere.
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["email", "name"]},
        "MinimumLengthValidator": {},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
PASSWORD_HASHERS = ["accounts.hashers.BoundedArgon2PasswordHasher"]
# In each process. A hash takes 100 MB, and further ones wait.
HASHES_AT_ONCE = env.integer("HASHES_AT_ONCE", 1, least=1)

# Holds by clients, and for people who are invited by mail.
HOLD_MINUTES = env.integer("HOLD_MINUTES", 10, least=1)
WEBHOOK_ALLOW_PRIVATE = env.boolean("WEBHOOK_ALLOW_PRIVATE", False)
INVITATION_HOURS = env.integer("INVITATION_HOURS", 24, least=1)
# The most that a client may have ahead: appointments, series, and holds of one therapist
# in 24 hours. Staff and therapists are not bound.
MAX_UPCOMING = env.integer("MAX_UPCOMING", 60, least=1)
MAX_SERIES = env.integer("MAX_SERIES", 2, least=1)
MAX_DAILY_HOLDS = env.integer("MAX_DAILY_HOLDS", 10, least=1)
# How many days the logs of reads and of security events are kept.
READ_LOG_DAYS = env.integer("READ_LOG_DAYS", 365, least=1)
SECURITY_LOG_DAYS = env.integer("SECURITY_LOG_DAYS", 365, least=1)
REQUIRE_IF_MATCH = env.boolean("REQUIRE_IF_MATCH", False)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "notifications" / "locale"]
# Mails are in the language of their reader. Without a middleware that chooses, the API and
# the admin are in English.
USE_I18N = True
USE_TZ = True
# Times are stored and sent in UTC. Without an offset they are the practice's.
TIME_ZONE = "UTC"
# Front ends on other origins use the API with tokens. No origin gets cookies.
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ["GET", "POST", "PATCH", "DELETE"]
CORS_ALLOW_HEADERS = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = ["ETag", "X-Request-ID", "Idempotent-Replayed", "Retry-After"]

PRACTICE_NAME = env.optional("PRACTICE_NAME", "Practice")
PRACTICE_ADDRESS = env.optional("PRACTICE_ADDRESS", "")
PRACTICE_PHONE = env.optional("PRACTICE_PHONE", "")
PRACTICE_TIME_ZONE = env.time_zone("PRACTICE_TIME_ZONE", "UTC")
FORMAT_MODULE_PATH = ["booking.formats"]

# Whether a client who registers signs in only once the address is verified.
REQUIRE_VERIFIED_EMAIL = env.boolean("REQUIRE_VERIFIED_EMAIL", False)
# The start of every link in a mail, and the sender of mail.
PUBLIC_URL = env.optional("PUBLIC_URL", "http://localhost:8000").rstrip("/")
DEFAULT_FROM_EMAIL = env.optional("DEFAULT_FROM_EMAIL", "appointments@localhost")
# How many hours before an appointment its client is reminded.
REMINDER_HOURS = env.integers("REMINDER_HOURS", "24", least=1, most=720)

# Whether staff and therapists need a second factor. Without one, they can only add one.
REQUIRE_SECOND_FACTOR = env.boolean("REQUIRE_SECOND_FACTOR", False)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"

# Far more than any request of the API needs.
BODY_LIMIT_BYTES = 64 * 1024
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["booking.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["drf_orjson_renderer.renderers.ORJSONRenderer"],
    "ORJSON_RENDERER_OPTIONS": [orjson.OPT_UTC_Z],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "booking.api.negotiation.AlwaysJSON",
    "DEFAULT_FILTER_BACKENDS": ["booking.api.filters.ListFilters"],
    "DEFAULT_PAGINATION_CLASS": "booking.api.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "booking.api.openapi.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.ChangeThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        # Failures: of one account, and from one address.
        "login": env.rate("LOGIN_THROTTLE", "100/hour"),
        "register": env.rate("REGISTER_THROTTLE", "60/hour"),
        "change": env.rate("CHANGE_THROTTLE", "120/min"),
        "search": env.rate("SEARCH_THROTTLE", "120/min"),
    },
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "URL_FORMAT_OVERRIDE": None,
}

DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "booking.api.handler.ExceptionHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    "ALLOWED_ERROR_STATUS_CODES": [
        "400",
        "401",
        "403",
        "404",
        "405",
        "415",
        "429",
    ],
}

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(
        minutes=env.integer("ACCESS_TOKEN_MINUTES", 15, least=1)
    ),
    "REFRESH_TOKEN_LIFETIME": timedelta(
        days=env.integer("REFRESH_TOKEN_DAYS", 14, least=1)
    ),
    "AUTH_TOKEN_CLASSES": ["accounts.tokens.AccessToken"],
    # A new password ends every token issued before it.
    "CHECK_REVOKE_TOKEN": True,
}
# A session of the API ends after so many days, however often it is used.
SESSION_DAYS = env.integer("SESSION_DAYS", 90, least=1)

# Sessions of staff in a browser end after so long, used or unused.
SESSION_ENGINE = "accounts.staff_sessions"
STAFF_SESSION_HOURS = env.integer("STAFF_SESSION_HOURS", 8, least=1)
STAFF_IDLE_MINUTES = env.integer("STAFF_IDLE_MINUTES", 60, least=1)
