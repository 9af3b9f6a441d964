"""The OpenAPI document about codes that are sent by mail."""

from drf_spectacular.utils import OpenApiExample, extend_schema_view

from accounts.errors import (
    AddressTaken,
    InvalidCode,
    TooManyFailures,
    TooManySignIns,
    WrongPassword,
)
from accounts.openapi.account import (
    ACCOUNT,
    EMAIL_AND_PASSWORD,
    SENT,
    TOKENS,
    describe_sign_in,
    request_example,
)
from accounts.serializers.account import RegisteredSerializer, TokensSerializer
from accounts.serializers.codes import (
    AddressSerializer,
    CodeSerializer,
    NewAddressSerializer,
    ResetSerializer,
    SentSerializer,
)
from booking.api.openapi.operations import describe

CODE = {"email": EMAIL_AND_PASSWORD["email"], "code": "042137"}


def _describe_sending(**texts):
    return extend_schema_view(
        post=describe(
            request=AddressSerializer,
            responses={202: SentSerializer},
            examples=[
                request_example(SENT),
                OpenApiExample("Sent", SENT, response_only=True, status_codes=["202"]),
            ],
            **texts,
        )
    )


resend_code = _describe_sending(
    operation_id="resendCode",
    summary="Send another code to verify an address",
    description="The same response for every address.",
)
forgot_password = _describe_sending(
    operation_id="forgotPassword",
    summary="Send a code for a new password",
    description="The same response for every address.",
)
sign_in_by_code = _describe_sending(
    operation_id="sendSignInCode",
    summary="Send a code that signs in without a password",
    description="The same response for every address. `auth/verify` takes the code.",
)
change_address = extend_schema_view(
    post=describe(
        operation_id="changeAddress",
        summary="Change your address",
        description="Sends a code to the new address. With it, `auth/verify` changes the "
        "address and tells both. The response is the same for an address that another "
        "account has.",
        request=NewAddressSerializer,
        responses={202: SentSerializer},
        refusals=(WrongPassword, TooManyFailures, TooManySignIns),
        examples=[
            request_example(EMAIL_AND_PASSWORD),
            OpenApiExample("Sent", SENT, response_only=True, status_codes=["202"]),
        ],
    )
)
verify_address = extend_schema_view(
    post=describe(
        operation_id="verifyAddress",
        summary="Verify your address and sign in",
        description="The code is valid for 30 minutes, works once, and ends with the fifth "
        "wrong guess.",
        request=CodeSerializer,
        responses={
            200: describe_sign_in(
                "SignInByCode", RegisteredSerializer, TOKENS | {"user": ACCOUNT}
            )
        },
        refusals=(InvalidCode, AddressTaken),
        examples=[request_example(CODE)],
    )
)
reset_password = extend_schema_view(
    post=describe(
        operation_id="resetPassword",
        summary="Set a new password by a code",
        description="Ends every session, verifies the address, and signs you in.",
        request=ResetSerializer,
        responses={200: describe_sign_in("SignIn", TokensSerializer, TOKENS)},
        refusals=(InvalidCode,),
        examples=[request_example(CODE | {"password": "another horse battery"})],
    )
)
