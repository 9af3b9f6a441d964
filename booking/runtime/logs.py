"""Log lines in stage prod: one JSON object per event, without personal data."""

import re

from pythonjsonlogger.json import JsonFormatter

from booking.origin import SECRET_PATH, get_origin

# The only fields of a line. Anything else that code attaches to a record, such as the
# request with its query string, is left out.
FIELDS = (
    "timestamp",
    "level",
    "logger",
    "message",
    "request_id",
    "server_request_id",
    "method",
    "path",
    "status",
    "duration_ms",
    "exception",
    "stack",
)

ADDRESS_CHARACTER = r"[^\s@\"<>(),;:=/\[\]]"
REDACTIONS = (
    # Rows that PostgreSQL quotes, up to the start of the next part of its message.
    (
        re.compile(r"DETAIL:.*?(?=\n(?:HINT|CONTEXT|QUERY):|\n\n|\Z)", re.DOTALL),
        "DETAIL: [removed]",
    ),
    (re.compile(r"(?<=[\w/])\?[^\s'\"]*=[^\s'\"]*"), "?[removed]"),
    (re.compile(r"\b(bearer)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 [removed]"),
    # The address of a feed opens it, and that of a link acts.
    (SECRET_PATH, r"\1[secret]"),
    # Every JSON object in base64 starts so, and so does a truncated token.
    (re.compile(r"eyJ[\w-]{6,}[\w.-]*"), "[token]"),
    # The look-behind tries each run of characters only from its start: linear time.
    (
        re.compile(
            rf'(?:"[^"\n]*"|(?<!{ADDRESS_CHARACTER}){ADDRESS_CHARACTER}+)'
            r"(?:@|%40|\\u0040)(?:\[[\w.:]+\]|[\w.%-]+)"
        ),
        "[address]",
    ),
)

# Every match of the patterns contains one of these. Most lines contain none.
SUSPICIOUS = re.compile(
    r"@|%40|\\u0040|\?|eyJ|DETAIL:|[Bb][Ee][Aa][Rr][Ee][Rr]|/calendar/|/link/"
)


def redact(text: str) -> str:
    """Remove e-mail addresses, tokens, query strings and rows quoted by PostgreSQL."""
    if not SUSPICIOUS.search(text):
        return text
    for pattern, replacement in REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class JsonLine(JsonFormatter):
    """Formats and redacts every line that is logged in stage prod."""

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
        origin = get_origin()
        line.setdefault("request_id", origin.public_id)
        line.setdefault("server_request_id", origin.request_id)
        known = {name: line[name] for name in FIELDS if line.get(name) is not None}
        return {
            name: redact(value) if isinstance(value, str) else value
            for name, value in known.items()
        }
