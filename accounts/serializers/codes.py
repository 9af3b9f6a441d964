"""Requests about codes that are sent by mail."""

from django.contrib.auth.hashers import make_password
from rest_framework import serializers

from accounts.errors import WrongPassword
from accounts.fields import AddressField, CodeField, PasswordField
from accounts.hashers import give_back_connection
from accounts.models import User
from accounts.serializers.account import check_own_password, check_strength
from booking.api.serializers import RequestSerializer


class AddressSerializer(RequestSerializer):
    """The address to which to send a code."""

    email = AddressField(max_length=254)


class CodeSerializer(AddressSerializer):
    """An address, and the code that was sent to it."""

    code = CodeField()


class NewAddressSerializer(AddressSerializer):
    """An address to change to, and the password as a proof."""

    password = PasswordField()

    def validate(self, attrs):
        check_own_password(self.context["request"], attrs["password"], WrongPassword)
        return attrs


class ResetSerializer(CodeSerializer):
    """A new password, with a code as a proof."""

    password = PasswordField()

    def validate(self, attrs):
        user = User(email=attrs["email"])
        check_strength("password", attrs["password"], user)
        give_back_connection()
        attrs["password"] = make_password(attrs["password"])
        return attrs


class SentSerializer(serializers.Serializer):
    """The address to which something was sent, if it has an account."""

    email = serializers.EmailField()
