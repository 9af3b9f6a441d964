"""Log lines: in stage prod one JSON object per event, free of what names people."""

import re

from django_guid.context import guid
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


# One of these is in whatever the patterns match; most lines have none.
SUSPICIOUS = re.compile(r"@|%40|\\u0040|\?|eyJ|DETAIL:|[Bb][Ee][Aa][Rr][Ee][Rr]")


def redacted(text: str) -> str:
    """Remove e-mail addresses, tokens, query strings and rows quoted by PostgreSQL."""
    if not SUSPICIOUS.search(text):
        return text
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
