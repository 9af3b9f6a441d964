"""Production: every secret comes from the environment, or the process stops."""

from booking import env
from booking.settings.base import *

STAGE = "prod"
DEBUG = False
SECRET_KEY = env.required("SECRET_KEY")
ALLOWED_HOSTS = env.comma_separated("ALLOWED_HOSTS")

DATABASES = {
    "default": env.database(
        env.required("DATABASE_URL"), DATABASE_OPTIONS | {"pool": DATABASE_POOL}
    )
}

# TLS ends at the proxy, which sets this header and strips it from clients.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
HTTPS_ONLY = env.boolean("HTTPS_ONLY", True)
SECURE_SSL_REDIRECT = HTTPS_ONLY
# The health checks of containers speak plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
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
