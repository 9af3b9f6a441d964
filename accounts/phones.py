"""Telephone numbers, as they are compared and stored: in E.164, such as +442079460018."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models

# E.164 has at most fifteen digits after the plus.
LONGEST_NUMBER = 16
INVALID = "Write it with the country's code, such as +44 20 7946 0018."


def normalize_phone(text: str) -> str:
    """Return the number in E.164, without an extension.

    Raises `ValidationError` for text that is no number with a country's code, or one of a
    length that its country does not have. The number need not be in use: the lists of those
    are always out of date.
    """
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(INVALID, code="invalid") from error
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(INVALID, code="invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(models.CharField):
    """A telephone number, which is normalized wherever it comes from. Null is none."""

    def __init__(self, **options):
        super().__init__(**options | {"max_length": LONGEST_NUMBER})

    def to_python(self, value):
        text = super().to_python(value)
        return text and normalize_phone(text)

    def formfield(self, **options):
        # People type spaces, so their text is longer than the stored number.
        return super().formfield(**options | {"max_length": 40})
