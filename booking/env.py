"""Read settings from the environment. An error names the variable."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

from booking.time_zones import get_time_zones

STAGES = ("dev", "test", "prod")
# Commands work as long as they need. For a lock they do not wait long: requests for the
# same lock would queue behind them.
COMMAND_TIMEOUTS = {
    "lock_timeout": 10,
    "statement_timeout": 0,
    "idle_in_transaction_session_timeout": 0,
}
# As in RFC 7518, for the key of the signature that the tokens have.
SECRET_BYTES = 32
_is_command = False


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


def secret(name: str) -> str:
    """Return a secret that cannot be guessed; the error does not quote it."""
    return _check_secret(name, required(name))


def former_secrets(name: str) -> list[str]:
    """Return secrets that were in use; each would open as much as the present one."""
    return [_check_secret(name, value) for value in split(optional(name, ""))]


def _check_secret(name, value):
    if (length := len(value.encode())) < SECRET_BYTES:
        raise ImproperlyConfigured(
            f"{name} has {length} bytes; use at least {SECRET_BYTES}, such as from: "
            "openssl rand -hex 32"
        )
    return value


def integer(
    name: str, default: int, *, least: int = 0, most: int = 1_000_000_000
) -> int:
    value = optional(name, str(default))
    is_number = value.isascii() and value.isdigit() and len(value) < 20
    if not is_number or not least <= int(value) <= most:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; use a whole number from {least} to {most}."
        )
    return int(value)


def comma_separated(name: str) -> list[str]:
    return split(required(name))


def split(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def origins(name: str) -> list[str]:
    """Return web origins, separated by commas: scheme, host and perhaps a port."""
    values = split(optional(name, ""))
    for value in values:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", value):
            raise ImproperlyConfigured(
                f"{name} has {value!r}; use origins such as https://www.example.com, "
                "without a path."
            )
    return values


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


def database(
    url: str,
    defaults: dict,
    timeouts: Mapping[str, int] = MappingProxyType({}),
    pool: Mapping | None = None,
) -> dict:
    """Return Django's settings for the database at a URL; time-outs are in seconds.

    A command has time-outs of its own, and no pool. The URL's parameters replace the
    default options. Only `options`, the settings of the server, are joined: PostgreSQL
    takes the last of two values.
    """
    parsed = _parse_database_url(url)
    from_url = parsed.get("OPTIONS", {})
    server = [o["options"] for o in (defaults, from_url) if "options" in o]
    if _is_command:
        timeouts, pool = COMMAND_TIMEOUTS, None
    server[:0] = [f"-c {name}={seconds}s" for name, seconds in timeouts.items()]
    joined = {"options": " ".join(server)} if server else {}
    pooled = {"pool": pool} if pool else {}
    return parsed | {"OPTIONS": defaults | pooled | from_url | joined}


def _parse_database_url(url):
    try:
        parsed = dj_database_url.parse(url, engine="booking.postgres")
    except ValueError:
        parsed = {}
    if not url.startswith(("postgres://", "postgresql://")) or not parsed.get("NAME"):
        # Not quoted: it may contain a password.
        raise ImproperlyConfigured(
            "DATABASE_URL is not a URL such as postgres://user@host:5432/name."
        )
    return parsed


@contextmanager
def for_command() -> Iterator[None]:
    """Read settings as a command does, and end with one line if one cannot be used."""
    global _is_command
    before, _is_command = _is_command, True
    try:
        with one_line_errors():
            yield
    finally:
        _is_command = before


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End the process with one line, which names the setting that cannot be used."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        # PostgreSQL gives its own errors a code.
        if getattr(error.__cause__, "sqlstate", None) is not None:
            raise
        # Of each attempt the first line; the question below it has a tab.
        lines = str(error).splitlines()
        reason = " ".join(line for line in lines if not line.startswith("\t"))
        sys.exit(f"The database of DATABASE_URL cannot be reached: {reason}")


def email(name: str, default: str) -> dict:
    """Return Django's settings for mail at a URL: smtp, smtps or dir."""
    url = urlsplit(optional(name, default))
    if url.scheme == "dir" and url.path:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": url.path}
    try:
        port = url.port or (465 if url.scheme == "smtps" else 25)
    except ValueError:
        port = None
    if url.scheme not in ("smtp", "smtps") or not url.hostname or port is None:
        # Not quoted: it may contain a password.
        raise ImproperlyConfigured(
            f"{name} is not a URL such as smtp://user:password@host:587, smtps://host or "
            "dir:///folder."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        # The port for clients, which sign in: only over TLS.
        "EMAIL_USE_TLS": url.scheme == "smtp" and port == 587,
        "EMAIL_TIMEOUT": 10,
    }


def integers(name: str, default: str, *, least: int, most: int) -> list[int]:
    """Return whole numbers separated by commas, without those given twice."""
    values = split(optional(name, default))
    if not all(v.isascii() and v.isdigit() and least <= int(v) <= most for v in values):
        raise ImproperlyConfigured(
            f"{name} is {','.join(values)!r}; use whole numbers from {least} to {most}, "
            "separated by commas."
        )
    return sorted({int(value) for value in values})


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
    return optional("HOST", "127.0.0.1").strip("[]"), integer("PORT", 8000, most=65535)


def format_address(host: str, port: int) -> str:
    """Return the address as in a URL, where an IPv6 host has brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
