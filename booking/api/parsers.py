import json
from collections import Counter

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from booking.api.errors import RepeatedField


class JSONParser(BaseParser):
    """JSON in UTF-8, in which no object has the same field twice.

    DRF's own parser overflows the stack on deep nesting.
    """

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read()
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        _refuse_repeated_fields(body)
        return data


def _refuse_repeated_fields(body):
    """Read the body a second time, because orjson keeps the last of equal fields."""
    try:
        REPETITIONS.decode(body.decode())
    except RecursionError as error:
        # orjson reads deeper nesting. No route needs such a body.
        raise ParseError from error


def _refuse_repeated(pairs):
    if len(dict(pairs)) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise RepeatedField(name for name, count in counts.items() if count > 1)


# Its results are not used: a number of any length need not be read.
REPETITIONS = json.JSONDecoder(
    object_pairs_hook=_refuse_repeated, parse_int=str, parse_float=str
)
