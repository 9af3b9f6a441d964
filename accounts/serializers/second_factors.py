"""Requests and responses about second factors."""

from rest_framework import serializers

from accounts.errors import WrongPassword
from accounts.fields import CodeField, PasswordField
from accounts.models import SecondFactor
from accounts.serializers.account import check_own_password
from booking.api.serializers import RequestSerializer
from booking.names import validate_name


class SecondStepRequestSerializer(RequestSerializer):
    """The token of the first step of a sign-in, and a code."""

    token = serializers.CharField(help_text="As `second_factor` in the first response.")
    code = serializers.CharField(
        max_length=40, help_text="Six digits of an app, or a recovery code."
    )


class SecondFactorSerializer(serializers.ModelSerializer):
    """An authenticator app that signs in its owner, together with the password."""

    class Meta:
        model = SecondFactor
        fields = ["id", "name", "confirmed_at", "used_at"]
        read_only_fields = fields


class ProofSerializer(RequestSerializer):
    """The password as a proof."""

    password = PasswordField()

    def validate(self, attrs):
        check_own_password(self.context["request"], attrs["password"], WrongPassword)
        return attrs


class NewSecondFactorSerializer(ProofSerializer):
    """An authenticator app to add, and the password as a proof."""

    name = serializers.CharField(
        max_length=50,
        default="Authenticator app",
        validators=[validate_name],
        help_text="To tell several apps apart.",
    )


class EnrolmentSerializer(serializers.Serializer):
    """The secret for the app, shown once. The factor does not count before it is confirmed."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField(help_text="For a QR code, which the app reads.")
    secret = serializers.CharField(help_text="The same, to be typed into the app.")


class ConfirmationSerializer(RequestSerializer):
    """A code of the app, which shows that it has the secret."""

    code = CodeField(help_text="The six digits that the app shows.")


class RecoveryCodesSerializer(serializers.Serializer):
    """Codes that sign in once each, in place of an app's. They are shown only once."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class ConfirmedSerializer(SecondFactorSerializer):
    """The factor, which counts from now on."""

    recovery_codes = serializers.ListField(
        child=serializers.CharField(),
        help_text="With the first factor. They are shown only once.",
    )

    class Meta(SecondFactorSerializer.Meta):
        fields = read_only_fields = [
            *SecondFactorSerializer.Meta.fields,
            "recovery_codes",
        ]


class RecoveryCodesLeftSerializer(serializers.Serializer):
    """How many recovery codes are left."""

    left = serializers.IntegerField()
