"""What the OpenAPI document says about accounts and tokens."""

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import serializers
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.errors import NoActiveAccount
from accounts.serializers import (
    AccountSerializer,
    RegisteredSerializer,
    RegistrationSerializer,
    TokensSerializer,
)
from booking.api.openapi import refusals


class TokenScheme(SimpleJWTScheme):
    """The Authorize button of the documentation takes an access token."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "accessToken"


CREDENTIALS = inline_serializer(
    "Credentials",
    {
        "email": serializers.EmailField(help_text="In upper or lower case."),
        "password": serializers.CharField(style={"input_type": "password"}),
    },
)
REFRESH_TOKEN = inline_serializer("RefreshToken", {"refresh": serializers.CharField()})
ACCOUNT = {
    "id": 9,
    "email": "kit@example.com",
    "name": "Kit Moss",
    "time_zone": "Europe/London",
    "is_staff": False,
    "date_joined": "2027-05-01T08:00:00.123456Z",
}
TOKENS = {"access": "eyJhbGciOiJIUzI1…", "refresh": "eyJhbGciOiJIUzI1…"}


def _sent(value):
    return OpenApiExample("Request", value, request_only=True)


def _answered(value):
    return OpenApiExample("Answer", value, response_only=True)


_WITH_PASSWORD = {"email": "kit@example.com", "password": "correct horse battery"}
_INVALID = {401: refusals("InvalidToken", InvalidToken)}

registering = extend_schema(
    summary="Register as a client",
    description="Makes an account and signs it in.",
    request=RegistrationSerializer,
    responses={201: RegisteredSerializer},
    examples=[
        _sent(_WITH_PASSWORD | {"name": "Kit Moss", "time_zone": "Europe/London"}),
        _answered(TOKENS | {"user": ACCOUNT}),
    ],
)
logging_in = extend_schema(
    summary="Sign in",
    description="Gives an access token, to be sent as `Authorization: Bearer …`, and "
    "a refresh token. A changed password or a deactivated account ends both at once.",
    request=CREDENTIALS,
    responses={200: TokensSerializer, 401: refusals("LoginFailed", NoActiveAccount)},
    examples=[_sent(_WITH_PASSWORD), _answered(TOKENS)],
)
refreshing = extend_schema(
    summary="Get new tokens for a refresh token",
    description="The refresh token sent is worth nothing afterwards.",
    request=REFRESH_TOKEN,
    responses={200: TokensSerializer} | _INVALID,
    examples=[_sent({"refresh": TOKENS["refresh"]}), _answered(TOKENS)],
)
logging_out = extend_schema(
    summary="Sign out",
    description="Ends the refresh token; access tokens end by themselves.",
    request=REFRESH_TOKEN,
    responses={200: OpenApiResponse({"type": "object"}, "Signed out.")} | _INVALID,
    examples=[_sent({"refresh": TOKENS["refresh"]}), _answered({})],
)
own_account = extend_schema_view(
    get=extend_schema(
        summary="Show your account",
        responses=AccountSerializer,
        examples=[_answered(ACCOUNT)],
    ),
    patch=extend_schema(
        summary="Change your name or time zone",
        request=AccountSerializer,
        responses=AccountSerializer,
        examples=[_sent({"name": "Kit Moss"}), _answered(ACCOUNT)],
    ),
)
codes_of_registration = extend_validation_errors(
    [
        "unique",
        "password_too_short",
        "password_too_similar",
        "password_too_common",
        "password_entirely_numeric",
        "unknown_time_zone",
    ]
)
codes_of_account = extend_validation_errors(["unknown_time_zone"], methods=["patch"])
