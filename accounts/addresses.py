"""E-mail addresses, as they are compared and stored: in ASCII and in lower case."""

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_email
from django.db import models

PUNYCODE = "xn--"


def normalize_address(text: str) -> str:
    """Return the address in lower case, with its domain as IDNA 2008 writes it in ASCII.

    Text that cannot be an address stays nearly as it is; `validate_address` refuses it.
    """
    text = text.strip()
    try:
        return _write_in_ascii(text)
    except UnicodeError:
        return text.lower() if text.isascii() else text


def has_domain(address: str) -> bool:
    """Tell whether a normalized address has a domain, which DNS can know.

    `a@[127.0.0.1]` has none.
    """
    try:
        return _write_in_ascii(address) == address and not address.endswith("]")
    except UnicodeError:
        return False


def validate_address(address: str) -> None:
    if not has_domain(normalize_address(address)) or not address.isascii():
        raise ValidationError(EmailValidator.message, EmailValidator.code)
    validate_email(address)


def _write_in_ascii(address):
    """Raise `UnicodeError` if that cannot be done."""
    name, at, domain = address.rpartition("@")
    name.encode("ascii")
    if not domain.isascii() or PUNYCODE in domain.lower():
        # Unlike IDNA 2003, which Python has, this keeps ß, and so the right domain.
        domain = idna.encode(domain, uts46=True).decode()
    return (name + at + domain).lower()


class AddressField(models.EmailField):
    """An address, which is normalized wherever it comes from."""

    default_validators = [validate_address]

    def to_python(self, value):
        text = super().to_python(value)
        return text and normalize_address(text)
