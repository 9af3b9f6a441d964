from typing import Literal

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils.translation import get_language_from_request
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework_simplejwt.serializers import TokenObtainSerializer

from accounts.codes import request_message
from accounts.counters import get_address
from accounts.errors import (
    AddressTaken,
    EmailNotVerified,
    NoActiveAccount,
    WrongOldPassword,
)
from accounts.fields import AddressField, PasswordField, PhoneField
from accounts.hashers import give_back_connection
from accounts.models import MessageKind, User
from accounts.second_step import answer_sign_in
from accounts.security_log import record_wrong_password
from accounts.sign_in import count_failures
from booking.api.errors import InvalidField, violations_as
from booking.api.serializers import RefusesUnknownFields, RequestSerializer

# The apps whose permissions matter to a front end.
DOMAIN = {"accounts", "therapists", "appointments"}


def update_fields(user: User, changed: dict) -> User:
    """Save these fields alone.

    To save the whole row would undo changes since it was read, such as a deactivation.
    """
    for name, value in changed.items():
        setattr(user, name, value)
    user.save(update_fields=changed.keys())
    return user


class AccountSerializer(RefusesUnknownFields, serializers.ModelSerializer):
    """An account as its owner sees it. The owner may change name, phone and time zone."""

    phone = PhoneField(required=False, allow_null=True)
    roles = serializers.SerializerMethodField(
        help_text="Clients have or may have appointments of their own."
    )
    therapist_id = serializers.SerializerMethodField(
        help_text="The id of the diary of an active therapist."
    )
    permissions = serializers.SerializerMethodField(
        help_text="The permissions of staff, such as `appointments.view_appointment`."
    )

    class Meta:
        model = User
        read_only_fields = [
            "id",
            "email",
            "roles",
            "therapist_id",
            "permissions",
            "email_verified",
            "is_staff",
            "date_joined",
        ]
        fields = [
            *read_only_fields,
            "name",
            "phone",
            "time_zone",
            "language",
            "reminders",
        ]

    def get_roles(self, user) -> list[Literal["client", "therapist", "staff"]]:
        roles = {
            "client": user.is_client() or user.appointments.exists(),
            "therapist": self.get_therapist_id(user) is not None,
            "staff": user.is_staff,
        }
        return [role for role, has_it in roles.items() if has_it]

    def get_therapist_id(self, user) -> int | None:
        therapist = getattr(user, "therapist", None)
        return therapist.pk if therapist and therapist.is_active else None

    def get_permissions(self, user) -> list[str]:
        permissions = user.get_all_permissions() if user.is_staff else ()
        return sorted(p for p in permissions if p.partition(".")[0] in DOMAIN)

    def update(self, user, changed):
        return update_fields(user, changed)


def check_strength(field: str, password: str, user: User) -> None:
    """Refuse the password of this field for everything that is wrong with it."""
    try:
        validate_password(password, user)
    except DjangoValidationError as error:
        details = [ErrorDetail(e.messages[0], e.code) for e in error.error_list]
        raise ValidationError({field: details}) from error


class RegistrationSerializer(RefusesUnknownFields, serializers.ModelSerializer):
    """A request to register as a client."""

    # Declared without the look-up for uniqueness: the constraint decides.
    email = AddressField(max_length=254)
    password = PasswordField()
    phone = PhoneField(required=False, allow_null=True)

    class Meta:
        model = User
        fields = ["email", "password", "name", "phone", "time_zone", "language"]

    def validate(self, attrs):
        person = {name: attrs[name] for name in attrs.keys() - {"password"}}
        check_strength("password", attrs["password"], User(**person))
        # Hashed before the transaction, because hashing may wait.
        give_back_connection()
        attrs["password"] = make_password(attrs["password"])
        # The language that the browser asks for, unless one is chosen.
        attrs.setdefault("language", get_language_from_request(self.context["request"]))
        return attrs

    def create(self, validated_data):
        with violations_as([AddressTaken]), transaction.atomic():
            user = User.objects.create(**validated_data)
            request_message(user, MessageKind.VERIFY)
            return user

    def create_unseen(self):
        """Create the account, or do what its owner alone learns of.

        Until an address is verified, a new registration replaces the one before it.
        """
        fields = dict(self.validated_data)
        try:
            self.create(fields)
        except AddressTaken:
            self._register_again(fields)

    @transaction.atomic
    def _register_again(self, fields):
        user = User.objects.select_for_update().get(email=fields["email"])
        if user.email_verified or user.is_staff or not user.is_active:
            request_message(user, MessageKind.EXISTS)
            return
        user.name, user.password = fields.get("name", user.name), fields["password"]
        user.save(update_fields=["name", "password"])
        request_message(user, MessageKind.VERIFY)


class LoginSerializer(RefusesUnknownFields, TokenObtainSerializer):
    """Simple JWT's login, which keeps spaces at the ends of a password."""

    default_error_messages = {
        NoActiveAccount.default_code: NoActiveAccount.default_detail
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].trim_whitespace = False

    def validate(self, attrs):
        address = get_address(self.context["request"])
        with count_failures(address, attrs["email"]):
            super().validate(attrs)
            self._check_verified()
        return answer_sign_in(self.user)

    def _check_verified(self):
        if settings.REQUIRE_VERIFIED_EMAIL and not (
            self.user.email_verified or self.user.is_staff
        ):
            raise EmailNotVerified


def check_own_password(request, password: str, refusal: type[InvalidField]) -> None:
    """Raise the refusal unless it is the user's password; that counts as a failure."""
    give_back_connection()
    with count_failures(get_address(request), request.user.email):
        if not request.user.check_password(password):
            record_wrong_password(request.user)
            raise refusal


class PasswordSerializer(RequestSerializer):
    """A new password, and the old one as a proof."""

    old_password = PasswordField()
    new_password = PasswordField()

    def validate(self, attrs):
        request = self.context["request"]
        check_own_password(request, attrs["old_password"], WrongOldPassword)
        check_strength("new_password", attrs["new_password"], request.user)
        return attrs


class RefreshTokenSerializer(RequestSerializer):
    """A refresh token, to be exchanged or ended."""

    refresh = serializers.CharField()


class TokensSerializer(serializers.Serializer):
    """A pair of tokens. Send the access token as `Authorization: Bearer …`."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class SecondStepSerializer(serializers.Serializer):
    """A second factor is needed. Send this token with a code to `auth/second_factor`."""

    second_factor = serializers.CharField(help_text="A token, valid for five minutes.")


class RegisteredSerializer(TokensSerializer):
    user = AccountSerializer()
