"""Read settings from the environment, failing loudly and by name."""

import os
from zoneinfo import ZoneInfo

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

STAGES = ("dev", "test", "prod")


def settings_module() -> str:
    """Return the settings module that APPLICATION_STAGE names."""
    stage = required("APPLICATION_STAGE")
    if stage not in STAGES:
        raise ImproperlyConfigured(
            f"APPLICATION_STAGE is {stage!r}; use one of {', '.join(STAGES)}."
        )
    return f"booking.settings.{stage}"


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"The environment variable {name} is not set.")
    return value


def optional(name: str, default: str) -> str:
    """Return the default also for an empty value, as compose files produce them."""
    return os.environ.get(name, "") or default


def integer(name: str, default: int, *, least: int = 0) -> int:
    value = optional(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; use a whole number from {least}."
        )
    return int(value)


def comma_separated(name: str) -> list[str]:
    return [item.strip() for item in required(name).split(",") if item.strip()]


def time_zone(name: str, default: str) -> str:
    value = optional(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; use an IANA name such as Europe/London."
        ) from error
    return value


def boolean(name: str, default: bool) -> bool:
    value = optional(name, "yes" if default else "no").lower()
    if value not in ("yes", "no", "true", "false", "1", "0", "on", "off"):
        raise ImproperlyConfigured(f"{name} is {value!r}; use yes or no.")
    return value in ("yes", "true", "1", "on")


def database_url() -> str:
    return optional("DATABASE_URL", "")


def database(url: str, options: dict) -> dict:
    """Return Django's terms for a URL; the options add to those in the URL."""
    parsed = dj_database_url.parse(url)
    return parsed | {"OPTIONS": parsed.get("OPTIONS", {}) | options}
