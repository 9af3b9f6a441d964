from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken
from rest_framework_simplejwt.serializers import (
    TokenBlacklistSerializer,
    TokenObtainPairSerializer,
    TokenRefreshSerializer,
)
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.authentication import TokenAuthentication
from accounts.errors import AddressTaken, NoActiveAccount
from accounts.models import User
from booking.api.errors import violations_as
from booking.api.serializers import RefusesUnknownFields


class AccountSerializer(RefusesUnknownFields, serializers.ModelSerializer):
    """An account as its owner sees it. The owner may change name and time zone."""

    class Meta:
        model = User
        fields = ["id", "email", "name", "time_zone", "is_staff", "date_joined"]
        read_only_fields = ["id", "email", "is_staff", "date_joined"]

    def update(self, user, changed):
        # Saving the whole row would undo changes since it was read, such as a
        # deactivation.
        for name, value in changed.items():
            setattr(user, name, value)
        user.save(update_fields=changed.keys())
        return user


class AddressField(serializers.EmailField):
    """An address, normalized as it is stored."""

    def to_internal_value(self, data):
        return User.objects.normalize_email(super().to_internal_value(data))


class RegistrationSerializer(RefusesUnknownFields, serializers.ModelSerializer):
    """A request to register as a client."""

    # Declared without the look-up for uniqueness: the constraint decides.
    email = AddressField(max_length=254)
    password = serializers.CharField(
        write_only=True,
        max_length=128,
        trim_whitespace=False,
        style={"input_type": "password"},
    )

    class Meta:
        model = User
        fields = ["email", "password", "name", "time_zone"]

    def validate(self, attrs):
        person = {name: attrs[name] for name in attrs.keys() - {"password"}}
        try:
            validate_password(attrs["password"], User(**person))
        except DjangoValidationError as error:
            details = [ErrorDetail(e.messages[0], e.code) for e in error.error_list]
            raise ValidationError({"password": details}) from error
        return attrs

    def create(self, validated_data):
        with violations_as([AddressTaken]), transaction.atomic():
            return User.objects.create_user(**validated_data)


class LoginSerializer(RefusesUnknownFields, TokenObtainPairSerializer):
    """Simple JWT's login, which keeps spaces at the ends of a password."""

    default_error_messages = {
        NoActiveAccount.default_code: NoActiveAccount.default_detail
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].trim_whitespace = False


class RotationSerializer(RefusesUnknownFields, TokenRefreshSerializer):
    """Simple JWT's refresh, which also refuses tokens older than the password.

    Of two simultaneous requests with one token, only one gets new tokens.
    """

    def validate(self, attrs):
        token = RefreshToken(attrs["refresh"])
        with transaction.atomic():
            self._lock_user(token)
            try:
                # A refresh token is refused for the same reasons as an access token.
                TokenAuthentication().get_user(token)
            except AuthenticationFailed as error:
                raise InvalidToken from error
            return super().validate(attrs)

    def _lock_user(self, token):
        user_id = token.payload.get(api_settings.USER_ID_CLAIM)
        users = User.objects.filter(pk=user_id).select_for_update(no_key=True)
        list(users.values_list("pk"))


class LogoutSerializer(RefusesUnknownFields, TokenBlacklistSerializer):
    """Simple JWT's logout."""


class TokensSerializer(serializers.Serializer):
    """A pair of tokens. Send the access token as `Authorization: Bearer …`."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class RegisteredSerializer(TokensSerializer):
    user = AccountSerializer()
