"""Log lines: in stage prod one JSON object per event, free of what names people."""

import os
import re

from django_guid.context import guid
from gunicorn.glogging import Logger
from pythonjsonlogger.json import JsonFormatter

# All that a line may have: whatever else code attaches to a record, such as the
# request with its query string, stays out.
FIELDS = (
    "timestamp",
    "level",
    "logger",
    "message",
    "request_id",
    "method",
    "path",
    "status",
    "duration_ms",
    "exception",
    "stack",
)

ADDRESS_CHARACTER = r"[^\s@\"<>(),;:=/\[\]]"
REDACTIONS = (
    # The rows that PostgreSQL quotes; what follows them is told apart by its start.
    (
        re.compile(r"DETAIL:.*?(?=\n(?:HINT|CONTEXT|QUERY):|\n\n|\Z)", re.DOTALL),
        "DETAIL: [removed]",
    ),
    (re.compile(r"(?<=[\w/])\?[^\s'\"]*=[^\s'\"]*"), "?[removed]"),
    (re.compile(r"\b(bearer)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 [removed]"),
    # The start of every JSON object in base64, so also of a token that was cut short.
    (re.compile(r"eyJ[\w-]{6,}[\w.-]*"), "[token]"),
    # Each run of characters is tried once, from its start: no quadratic time.
    (
        re.compile(
            rf'(?:"[^"\n]*"|(?<!{ADDRESS_CHARACTER}){ADDRESS_CHARACTER}+)'
            r"(?:@|%40|\\u0040)(?:\[[\w.:]+\]|[\w.%-]+)"
        ),
        "[address]",
    ),
)


def redacted(text: str) -> str:
    """Remove e-mail addresses, tokens, query strings and rows quoted by PostgreSQL."""
    for pattern, replacement in REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class JsonLine(JsonFormatter):
    """The one place through which everything goes that is logged in stage prod."""

    def __init__(self):
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={
                "levelname": "level",
                "name": "logger",
                "exc_info": "exception",
                "stack_info": "stack",
            },
            timestamp=True,
        )

    def process_log_record(self, line):
        line.setdefault("request_id", guid.get())
        known = {name: line[name] for name in FIELDS if line.get(name) is not None}
        return {
            name: redacted(value) if isinstance(value, str) else value
            for name, value in known.items()
        }


class ServerLogger(Logger):
    """gunicorn's own lines, and one line per request, as the stage wants them."""

    def setup(self, cfg):
        super().setup(cfg)
        if os.environ.get("APPLICATION_STAGE") == "prod":
            for log in (self.error_log, self.access_log):
                for handler in log.handlers:
                    handler.setFormatter(JsonLine())

    def access(self, resp, req, environ, request_time):
        path = environ.get("PATH_INFO", "")
        about = {
            "method": environ.get("REQUEST_METHOD"),
            "path": path.encode("latin-1").decode(errors="replace"),
            "status": resp.status_code,
            "duration_ms": request_time.total_seconds() * 1000,
            "request_id": _header(resp, "X-Request-ID"),
        }
        self.access_log.info(
            "%(method)s %(path)s %(status)s in %(duration_ms).0f ms", about, extra=about
        )


def _header(resp, wanted):
    """Return a header of the answer: the thread may serve another request by now."""
    return next((value for name, value in resp.headers if name == wanted), None)
