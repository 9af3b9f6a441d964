"""The OpenAPI document about accounts and tokens."""

from functools import partial

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema_view,
    inline_serializer,
)
from drf_standardized_errors.openapi_validation_errors import extend_validation_errors
from rest_framework import serializers

from accounts.errors import (
    AddressTaken,
    EmailNotVerified,
    NoActiveAccount,
    TooManyFailures,
    TooManySignIns,
    WrongOldPassword,
)
from accounts.serializers.account import (
    AccountSerializer,
    PasswordSerializer,
    RefreshTokenSerializer,
    RegisteredSerializer,
    RegistrationSerializer,
    SecondStepSerializer,
    TokensSerializer,
)
from accounts.serializers.codes import SentSerializer
from booking.api.errors import TokenNotValid
from booking.api.openapi.operations import describe


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
ACCOUNT = {
    "id": 9,
    "email": "kit@example.com",
    "roles": ["client"],
    "therapist_id": None,
    "permissions": [],
    "email_verified": True,
    "is_staff": False,
    "date_joined": "2027-05-01T08:00:00.123456Z",
    "name": "Kit Moss",
    "phone": "+442079460018",
    "time_zone": "Europe/London",
    "language": "en",
    "reminders": True,
}
SECOND_STEP = {"second_factor": "eyJ1c2VyIjo5LCJwYXNz…"}
TOKENS = {"access": "eyJhbGciOiJIUzI1…", "refresh": "eyJhbGciOiJIUzI1…"}


def describe_sign_in(name, tokens, example):
    """Return the response of a sign-in, which may need a second step, with its examples."""
    serializers = [tokens, SecondStepSerializer]
    response = PolymorphicProxySerializer(name, serializers, None)
    examples = [
        OpenApiExample("Signed in", example),
        OpenApiExample("A second factor is needed", SECOND_STEP),
    ]
    return OpenApiResponse(
        response, "Signed in, or a second factor is needed.", examples
    )


def request_example(value):
    return OpenApiExample("Request", value, request_only=True)


def response_example(value):
    return OpenApiExample("Response", value, response_only=True)


EMAIL_AND_PASSWORD = {"email": "kit@example.com", "password": "correct horse battery"}
# An account of the demo data.
DEMO_ACCOUNT = EMAIL_AND_PASSWORD | {"email": "ana@example.com"}

SENT = {"email": EMAIL_AND_PASSWORD["email"]}

register = extend_schema_view(
    post=describe(
        operation_id="register",
        summary="Register as a client",
        description="Creates an account and signs you in (201). Where addresses have to be "
        "verified (`REQUIRE_VERIFIED_EMAIL`), the response is 202 with the address alone, the "
        "same for every address; `auth/verify` signs you in. A code is sent in either case.",
        request=RegistrationSerializer,
        responses={
            201: RegisteredSerializer,
            202: OpenApiResponse(
                SentSerializer,
                "A code was sent.",
                examples=[OpenApiExample("Sent", SENT, status_codes=["202"])],
            ),
        },
        refusals=(AddressTaken,),
        examples=[
            request_example(
                EMAIL_AND_PASSWORD | {"name": "Kit Moss", "time_zone": "Europe/London"}
            ),
            OpenApiExample(
                "Response",
                TOKENS | {"user": ACCOUNT},
                response_only=True,
                status_codes=["201"],
            ),
        ],
    )
)


log_in = extend_schema_view(
    post=describe(
        operation_id="login",
        summary="Sign in",
        description="Returns an access token, to be sent as `Authorization: Bearer …`, "
        "and a refresh token. Both end at once if the password changes or the account is "
        "deactivated. After five failures with one account from one address, the next try "
        "has to wait (429), longer each time. An account has 20 sessions at most: a new one ends "
        "the one that was used longest ago.",
        request=CREDENTIALS,
        responses={200: describe_sign_in("SignIn", TokensSerializer, TOKENS)},
        refusals=(NoActiveAccount, EmailNotVerified, TooManyFailures, TooManySignIns),
        examples=[request_example(DEMO_ACCOUNT)],
    )
)
refresh = extend_schema_view(
    post=describe(
        operation_id="refreshToken",
        summary="Exchange a refresh token for new tokens",
        description="The refresh token that you send ends. If it was exchanged before, the "
        "response is 401; if that was more than a minute ago, its whole session ends, "
        "because the token was probably stolen. A session lasts 90 days at most.",
        request=RefreshTokenSerializer,
        responses={200: TokensSerializer},
        refusals=(TokenNotValid,),
        examples=[
            request_example({"refresh": TOKENS["refresh"]}),
            response_example(TOKENS),
        ],
    )
)
log_out = extend_schema_view(
    post=describe(
        operation_id="logout",
        summary="Sign out",
        description="Ends the session: its refresh token and its access tokens.",
        request=RefreshTokenSerializer,
        responses={200: OpenApiResponse({"type": "object"}, "Signed out.")},
        refusals=(TokenNotValid,),
        examples=[
            request_example({"refresh": TOKENS["refresh"]}),
            response_example({}),
        ],
    )
)
change_password = extend_schema_view(
    post=describe(
        operation_id="changePassword",
        summary="Change your password",
        description="Ends every other session, in browsers too, and returns the tokens of "
        "a new one. Failures count as failures to sign in.",
        request=PasswordSerializer,
        responses={200: TokensSerializer},
        refusals=(WrongOldPassword, TooManyFailures, TooManySignIns),
        examples=[
            request_example(
                {
                    "old_password": EMAIL_AND_PASSWORD["password"],
                    "new_password": "another horse battery",
                }
            ),
            response_example(TOKENS),
        ],
    )
)
show_or_change_account = extend_schema_view(
    get=describe(
        operation_id="getMe",
        summary="Show your account",
        responses=AccountSerializer,
        examples=[response_example(ACCOUNT)],
    ),
    patch=describe(
        operation_id="updateMe",
        summary="Change your name, phone, time zone, language or reminders",
        request=AccountSerializer,
        responses=AccountSerializer,
        examples=[request_example({"name": "Kit Moss"}), response_example(ACCOUNT)],
    ),
)
# Django's password validators name their codes only where they raise them.
password_codes = partial(
    extend_validation_errors,
    [
        "password_too_short",
        "password_too_similar",
        "password_too_common",
        "password_entirely_numeric",
    ],
)
