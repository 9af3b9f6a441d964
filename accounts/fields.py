"""Serializer fields about accounts."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.addresses import has_domain, normalize_address
from accounts.phones import INVALID, normalize_phone


class AddressField(serializers.EmailField):
    """An address, normalized as it is stored."""

    def to_internal_value(self, data):
        address = normalize_address(super().to_internal_value(data))
        if not has_domain(address):
            self.fail("invalid")
        return address


@extend_schema_field({"type": "string", "examples": ["+442079460018"]})
class PhoneField(serializers.CharField):
    """A telephone number with the country's code, stored in E.164."""

    default_error_messages = {"invalid": INVALID}

    def __init__(self, **options):
        # People type spaces, so their text is longer than the stored number.
        defaults = {
            "max_length": 40,
            "help_text": "With the country's code, such as +44.",
        }
        super().__init__(**defaults | options)

    def to_internal_value(self, data):
        try:
            return normalize_phone(super().to_internal_value(data))
        except ValidationError:
            self.fail("invalid")


class CodeField(serializers.RegexField):
    def __init__(self, **options):
        options.setdefault("help_text", "The six digits of the mail.")
        messages = {"invalid": "Send six digits."}
        super().__init__("^[0-9]{6}$", error_messages=messages, **options)


class PasswordField(serializers.CharField):
    def __init__(self, **options):
        super().__init__(
            write_only=True,
            max_length=128,
            trim_whitespace=False,
            style={"input_type": "password"},
            **options,
        )
