"""The characters that the name of a person or a thing may have."""

import re

from django.core.exceptions import ValidationError

# Control characters, line separators, and the marks that change the direction of text:
# they forge lines and the order of words. NUL has a refusal of its own.
INVISIBLE = re.compile(
    "[\x01-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def validate_name(name: str) -> None:
    if INVISIBLE.search(name):
        raise ValidationError(
            "Use no control characters, and none that change the direction of text.",
            validate_name.code,
        )


# As Django's own validators have it. The OpenAPI document reads it there.
validate_name.code = "invisible_characters"
