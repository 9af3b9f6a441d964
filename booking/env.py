"""Read settings from the environment. An error names the variable."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from booking.time_zones import get_time_zones

STAGES = ("dev", "test", "prod")
# Commands work as long as they need. For a lock they do not wait long: requests for the
# same lock would queue behind them.
COMMAND_TIMEOUTS = {
    "LOCK_TIMEOUT_SECONDS": "10",
    "STATEMENT_TIMEOUT_SECONDS": "0",
    "IDLE_IN_TRANSACTION_SECONDS": "0",
}


def settings_module() -> str:
    """Return the settings module of APPLICATION_STAGE."""
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
    """Return the default for an empty value too: compose files set empty ones."""
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
    if value not in get_time_zones():
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


@contextmanager
def command_timeouts() -> Iterator[None]:
    """Give the time-outs of commands to settings that are first read in the block."""
    before = {name: os.environ.get(name) for name in COMMAND_TIMEOUTS}
    os.environ.update(COMMAND_TIMEOUTS)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def database(url: str, defaults: dict, timeouts: Mapping[str, int] = {}) -> dict:
    """Return Django's settings for the database at a URL; time-outs are in seconds.

    The URL's parameters replace the default options. Only `options`, the settings of
    the server, are joined: PostgreSQL takes the last of two values.
    """
    parsed = dj_database_url.parse(url, engine="booking.postgres")
    from_url = parsed.get("OPTIONS", {})
    server = [o["options"] for o in (defaults, from_url) if "options" in o]
    server[:0] = [f"-c {name}={seconds}s" for name, seconds in timeouts.items()]
    joined = {"options": " ".join(server)} if server else {}
    return parsed | {"OPTIONS": defaults | from_url | joined}


def rate(name: str, default: str) -> str:
    """Return a limit as DRF writes it: a number per period."""
    value = optional(name, default)
    if not re.fullmatch(
        "[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)", value
    ):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; use a number per second, min, hour or day: 10/min."
        )
    return value


def listen_address() -> tuple[str, int]:
    """Return host and port to listen on; an IPv6 host has no brackets."""
    return optional("HOST", "127.0.0.1").strip("[]"), integer("PORT", 8000)


def format_address(host: str, port: int) -> str:
    """Return the address as in a URL, where an IPv6 host has brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
