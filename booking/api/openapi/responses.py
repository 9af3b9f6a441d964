"""The OpenAPI document about responses that refuse.

They all have the same body, `ErrorResponse`. A response's description lists its codes,
and its examples show those that a class declares.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, ValidationError

from booking.api.errors import UNAUTHENTICATED, UnknownParameter
from booking.api.serializers import ErrorSerializer
from booking.api.unavailable import UNAVAILABLE

# Responses with several codes that many operations share.
SHARED = {
    "Malformed": (UnknownParameter, ParseError),
    "Unauthenticated": UNAUTHENTICATED,
    "Unavailable": UNAVAILABLE,
}
RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait before the next request.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
# The kinds of refusal, which drf-standardized-errors names.
TYPES = ("validation_error", "client_error", "server_error")


class ErrorResponseSerializer(serializers.Serializer):
    """Why a request was refused. A `validation_error` may have several reasons."""

    type = serializers.ChoiceField(choices=[(name, name) for name in TYPES])
    errors = ErrorSerializer(many=True)


def name_shared_response(refusals: Sequence[type[APIException]]) -> str | None:
    """Return the name of a response that operations share, or None if it is one's own."""
    for name, shared in SHARED.items():
        if set(refusals) == set(shared):
            return name
    if len(refusals) == 1:
        return refusals[0].__name__
    return None


def list_codes(refusals: Iterable[type[APIException]], others: Iterable[str]) -> str:
    """Write a list of codes in Markdown: each with its sentences, the others without."""
    sentences: dict[str, list[str]] = {}
    for refusal in refusals:
        sentence = get_sentence(refusal)
        known = sentences.setdefault(refusal.default_code, [])
        if sentence not in known:
            known.append(sentence)
    lines = [f"- `{code}`: {' '.join(texts)}" for code, texts in sentences.items()]
    plain = sorted(set(others) - sentences.keys())
    if plain:
        lines.append(f"- of a field or parameter: {', '.join(f'`{c}`' for c in plain)}")
    return "\n".join(lines)


def read_codes(description: str) -> Iterator[str]:
    """Yield the codes that `list_codes` has written."""
    for line in description.splitlines():
        if line.startswith("- of a field"):
            yield from line.split("`")[1::2]
        elif line.startswith("- `"):
            yield line.split("`")[1]


def get_example(refusal: type[APIException]) -> dict[str, Any]:
    """Return the body of a response with this refusal alone."""
    error = {
        "code": refusal.default_code,
        "detail": get_sentence(refusal),
        "attr": getattr(refusal, "field", None),
    }
    return {"type": _get_type(refusal), "errors": [error]}


def get_sentence(refusal: type[APIException]) -> str:
    # Two of DRF's refusals name what was sent.
    sent = {"method": "PUT", "media_type": "text/plain"}
    return str(refusal.default_detail).format(**sent)


def _get_type(refusal):
    validation, client, server = TYPES
    if issubclass(refusal, ValidationError):
        return validation
    return client if refusal.status_code < 500 else server
