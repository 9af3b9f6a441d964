"""E-mail addresses, as they are compared and stored: in ASCII and in lower case."""

from unicodedata import ucd_3_2_0

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_email
from django.db import models
from django.utils.encoding import punycode


def normalize_address(text: str) -> str:
    """Return the address in lower case, with its domain as IDNA writes it in ASCII.

    What cannot be an address is returned as it is; `validate_address` refuses it.
    """
    text = text.strip()
    name, at, domain = text.rpartition("@")
    # IDNA as Python has it knows Unicode 3.2. What came later has no settled lower case
    # here; its form in ASCII is accepted.
    if not name.isascii() or "Cn" in map(ucd_3_2_0.category, domain):
        return text
    try:
        return (name + at + punycode(domain)).lower()
    except UnicodeError:
        return text


def validate_address(address: str) -> None:
    # Python and PostgreSQL may know different versions of Unicode, and so disagree on
    # what lower case is.
    if not address.isascii():
        raise ValidationError(EmailValidator.message, EmailValidator.code)
    validate_email(address)


class AddressField(models.EmailField):
    """An address, which is normalized wherever it comes from."""

    default_validators = [validate_address]

    def to_python(self, value):
        text = super().to_python(value)
        return text and normalize_address(text)
