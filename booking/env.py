"""Read settings from the environment, failing loudly and by name."""

import os
import re

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from booking.zones import time_zones

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
    if value not in time_zones():
        raise ImproperlyConfigured(
            f"{name} is {value!r}; use an IANA name such as Europe/London."
        )
    return value


def boolean(name: str, default: bool) -> bool:
    value = optional(name, "yes" if default else "no").lower()
    if value not in ("yes", "no", "true", "false", "1", "0", "on", "off"):
        raise ImproperlyConfigured(f"{name} is {value!r}; use yes or no.")
    return value in ("yes", "true", "1", "on")


def database_url() -> str:
    return optional("DATABASE_URL", "")


def database(url: str, defaults: dict) -> dict:
    """Return Django's terms for a URL; what it says wins over the default options.

    Only `options`, settings for the server, are joined: of two values for one setting
    PostgreSQL takes the later.
    """
    parsed = dj_database_url.parse(url, engine="booking.postgres")
    given = parsed.get("OPTIONS", {})
    joined = [one["options"] for one in (defaults, given) if "options" in one]
    options = {"options": " ".join(joined)} if joined else {}
    return parsed | {"OPTIONS": defaults | given | options}


def rate(name: str, default: str) -> str:
    """Return how often something may be done, in DRF's terms."""
    value = optional(name, default)
    if not re.fullmatch(
        "[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)", value
    ):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; use a number per second, min, hour or day: 10/min."
        )
    return value


def address() -> tuple[str, int]:
    """Return where to listen: the host as the system takes it, and the port."""
    return optional("HOST", "127.0.0.1").strip("[]"), integer("PORT", 8000)


def written(host: str, port: int) -> str:
    """Write an address as it stands in a URL, where IPv6 has brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
