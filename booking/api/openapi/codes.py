"""The page of all error codes, written from the OpenAPI document."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

# What a status says, and whether to send the same request again.
STATUSES = {
    400: ("The request is malformed.", "No: correct it. `attr` names the field."),
    401: ("It is not known who asks.", "After signing in."),
    403: ("The user may not do this.", "No."),
    404: ("There is nothing, or nothing that the user may see.", "No."),
    405: ("The route has no such method.", "No."),
    408: ("The body did not arrive in time.", "Yes. Nothing was done."),
    409: (
        "The time or the thing is taken, or has changed.",
        "No: read it again, or choose another time.",
    ),
    411: ("The length of the body is missing.", "With Content-Length."),
    412: ("It has changed since it was read.", "After reading it again."),
    413: ("The body is too long.", "No."),
    415: ("The body is not JSON.", "As JSON."),
    422: ("A rule of the practice refuses.", "No: choose something else."),
    428: ("The practice requires If-Match.", "With the ETag that was read."),
    429: ("There were too many requests.", "After the seconds of Retry-After."),
    500: ("The service has a fault.", "Perhaps. Report it with the X-Request-ID."),
    503: (
        "The service cannot answer now.",
        "Yes, after the seconds of Retry-After.",
    ),
}
# Codes for which the status says too little.
AGAIN = {
    "database_unavailable": "Yes, with an Idempotency-Key: it may have been done or not.",
    "hold_expired": "No: search again.",
    "idempotency_key_in_use": "Yes, in a moment: the first one is still running.",
    "idempotency_key_reused": "With a key of its own.",
    "rights_changed": "With a new key.",
    "token_not_valid": "With a new access token, from the refresh token.",
}
OWN = re.compile(r"^- `(\w+)`: (.*)$", re.MULTILINE)
OF_FIELDS = re.compile(r"^- of a field or parameter: (.*)$", re.MULTILINE)
HEAD = """# Error codes

Every refusal has the same body, with one error or more:

```json
{"type": "client_error", "errors": [{"code": "therapist_busy", "detail": "…", "attr": null}]}
```

Programs decide by `code`; `detail` is for people, and may change. `attr` names the field or
parameter at fault. A request with an `Idempotency-Key` can always be sent again: it is done
once.

This page is written by `manage.py list_errors --save docs/errors.md`.
"""


def write_page(document: dict[str, Any]) -> str:
    """Return the page in Markdown: each status with its codes, in alphabetical order."""
    sentences, of_fields = _collect(document)
    sections = [
        _write_section(
            status, sentences[status], of_fields[status] - {*sentences[status]}
        )
        for status in sorted(sentences.keys() | of_fields.keys())
    ]
    return "\n".join([HEAD, *sections])


def _collect(document):
    sentences, of_fields = defaultdict(dict), defaultdict(set)
    for status, description in _list_descriptions(document):
        for code, sentence in OWN.findall(description):
            known = sentences[status].get(code, "")
            if known in sentence:
                sentences[status][code] = sentence
            elif sentence not in known:
                sentences[status][code] = f"{known} {sentence}"
        for codes in OF_FIELDS.findall(description):
            of_fields[status] |= {*re.findall(r"`(\w+)`", codes)}
    return sentences, of_fields


def _list_descriptions(document) -> Iterator[tuple[int, str]]:
    shared = document["components"]["responses"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                name = response.get("$ref", "").rpartition("/")[2]
                full = shared[name] if name else response
                if int(status) >= 400:
                    yield int(status), full["description"]


def _write_section(status, sentences, of_fields):
    meaning, again = STATUSES[status]
    lines = [
        f"## {status}",
        "",
        meaning,
        "",
        "| code | meaning | send it again? |",
        "|---|---|---|",
    ]
    for code in sorted(sentences):
        lines.append(f"| `{code}` | {sentences[code]} | {AGAIN.get(code, again)} |")
    if of_fields:
        # Each of these is the fault of one value.
        names = ", ".join(f"`{code}`" for code in sorted(of_fields))
        lines += ["", f"Of a field or parameter, also: {names}."]
    return "\n".join([*lines, ""])
