from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken
from rest_framework_simplejwt.serializers import (
    TokenObtainPairSerializer,
    TokenRefreshSerializer,
)
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.authentication import TokenAuthentication
from accounts.errors import AddressTaken
from accounts.models import User
from booking.api.errors import violations_as


class AccountSerializer(serializers.ModelSerializer):
    """An account as its owner sees it; name and time zone are theirs to change."""

    class Meta:
        model = User
        fields = ["id", "email", "name", "time_zone", "is_staff", "date_joined"]
        read_only_fields = ["id", "email", "is_staff", "date_joined"]

    def update(self, user, changed):
        # The row was read before; to save all of it would undo what has happened to
        # the account since, such as its deactivation.
        for name, value in changed.items():
            setattr(user, name, value)
        user.save(update_fields=changed.keys())
        return user


class AddressField(serializers.EmailField):
    """An address as it is stored; its length counts after that."""

    def to_internal_value(self, data):
        return User.objects.normalize_email(super().to_internal_value(data))


class RegistrationSerializer(serializers.ModelSerializer):
    """What a new client sends."""

    # The constraint finds an address that is taken, not a look-up before it.
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


class LoginSerializer(TokenObtainPairSerializer):
    """Simple JWT's, taking a password as it is, spaces at its ends included."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].trim_whitespace = False


class RotationSerializer(TokenRefreshSerializer):
    """Simple JWT's, refusing also a token from before a change of password.

    Of two requests with the same token at the same moment one gets a new pair.
    """

    def validate(self, attrs):
        claimed = RefreshToken(attrs["refresh"])
        with transaction.atomic():
            self._lock(claimed)
            try:
                # What ends access tokens ends this one too.
                TokenAuthentication().get_user(claimed)
            except AuthenticationFailed as error:
                raise InvalidToken from error
            return super().validate(attrs)

    def _lock(self, claimed):
        user_id = claimed.payload.get(api_settings.USER_ID_CLAIM)
        users = User.objects.filter(pk=user_id).select_for_update(no_key=True)
        list(users.values_list("pk"))


class TokensSerializer(serializers.Serializer):
    """A pair of tokens; send the access token as `Authorization: Bearer …`."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class RegisteredSerializer(TokensSerializer):
    user = AccountSerializer()
