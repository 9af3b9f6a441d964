"""The characters that the name of a person or a thing may have."""

import re
from unicodedata import category

from django.core.exceptions import ValidationError

# Control characters, line separators, and the marks that change the direction of text:
# they forge lines and the order of words. NUL has a refusal of its own.
INVISIBLE = re.compile(
    "[\x01-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
# Letters and symbols of Unicode that are drawn as nothing: fillers of Hangul, and the
# empty pattern of Braille.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
# Control and formatting characters, halves of others, spaces and lines, and marks, which
# need a letter to stand on.
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Mc", "Me", "Mn"}


def validate_name(name: str) -> None:
    if INVISIBLE.search(name) or not any(map(_is_visible, name)):
        raise ValidationError(
            "Use characters that can be seen: no control characters, none that change "
            "the direction of text, and not only blanks.",
            validate_name.code,
        )


# As Django's own validators have it. The OpenAPI document reads it there.
validate_name.code = "invisible_characters"


def _is_visible(character):
    return category(character) not in UNSEEN and character not in BLANK
