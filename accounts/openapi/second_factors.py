"""The OpenAPI document about second factors."""

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema_view,
)
from rest_framework.exceptions import NotFound

from accounts.errors import (
    NoSecondFactor,
    TooManyFailures,
    TooManySecondFactors,
    TooManySignIns,
    WrongCode,
    WrongPassword,
)
from accounts.openapi.account import (
    EMAIL_AND_PASSWORD,
    SECOND_STEP,
    TOKENS,
    request_example,
    response_example,
)
from accounts.serializers.account import TokensSerializer
from accounts.serializers.second_factors import (
    ConfirmationSerializer,
    ConfirmedSerializer,
    EnrolmentSerializer,
    NewSecondFactorSerializer,
    ProofSerializer,
    RecoveryCodesLeftSerializer,
    RecoveryCodesSerializer,
    SecondStepRequestSerializer,
)
from booking.api.errors import TokenNotValid
from booking.api.openapi.operations import describe

PROOF = {"password": EMAIL_AND_PASSWORD["password"]}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
ENROLMENT = {
    "id": 4,
    "name": "Phone",
    "url": f"otpauth://totp/Practice:kit%40example.com?secret={SECRET}&issuer=Practice",
    "secret": SECRET,
}
FACTOR = {
    "id": 4,
    "name": "Phone",
    "confirmed_at": "2027-05-01T08:00:00.123456Z",
    "used_at": None,
}
RECOVERY_CODES = {"recovery_codes": ["t4kd-w9hx-pb2m-7cqz", "y6sn-3efr-vj8a-k5gu"]}
ID = OpenApiParameter("id", int, OpenApiParameter.PATH)
PASSWORD_REFUSALS = (WrongPassword, TooManyFailures, TooManySignIns)

take_second_step = extend_schema_view(
    post=describe(
        operation_id="sendSecondFactor",
        summary="Sign in with the second factor",
        description="Takes the token that a sign-in answered, which is valid for five "
        "minutes, with the code of an authenticator app or a recovery code. Each code works "
        "once. After five wrong codes the next try waits, longer each time.",
        request=SecondStepRequestSerializer,
        responses={200: TokensSerializer},
        refusals=(TokenNotValid, WrongCode, TooManyFailures),
        examples=[
            request_example({"token": SECOND_STEP["second_factor"], "code": "042137"}),
            response_example(TOKENS),
        ],
    )
)
list_second_factors = describe(
    operation_id="listSecondFactors",
    summary="List your second factors",
    examples=[OpenApiExample("Second factor", FACTOR, response_only=True)],
)
add_second_factor = describe(
    operation_id="addSecondFactor",
    summary="Begin to add an authenticator app",
    description="The response has the app's secret, which is shown only once. The factor "
    "counts once `confirm` got a code of the app, within 30 minutes. Begun again, it has "
    "another secret.",
    request=NewSecondFactorSerializer,
    responses={201: EnrolmentSerializer},
    refusals=(TooManySecondFactors, *PASSWORD_REFUSALS),
    examples=[
        request_example({"name": "Phone"} | PROOF),
        response_example(ENROLMENT),
    ],
)
confirm_second_factor = describe(
    operation_id="confirmSecondFactor",
    summary="Confirm that the app shows the right codes",
    description="From now on a sign-in asks for a code. The first factor ends all other "
    "sessions and brings ten recovery codes.",
    parameters=[ID],
    request=ConfirmationSerializer,
    responses={200: ConfirmedSerializer},
    refusals=(NotFound, WrongCode),
    examples=[
        request_example({"code": "042137"}),
        response_example(FACTOR | RECOVERY_CODES),
    ],
)
remove_second_factor = describe(
    operation_id="removeSecondFactor",
    summary="Remove a second factor",
    description="The last one takes the recovery codes along.",
    parameters=[ID],
    request=ProofSerializer,
    responses={204: OpenApiResponse(description="Removed.")},
    refusals=(NotFound, *PASSWORD_REFUSALS),
    examples=[request_example(PROOF)],
)
count_recovery_codes = describe(
    operation_id="countRecoveryCodes",
    summary="Count the recovery codes that are left",
    responses=RecoveryCodesLeftSerializer,
    examples=[response_example({"left": 9})],
)
make_recovery_codes = describe(
    operation_id="makeRecoveryCodes",
    summary="Make new recovery codes",
    description="The former ones stop working. The new ones are shown only once.",
    request=ProofSerializer,
    responses={200: RecoveryCodesSerializer},
    refusals=(NoSecondFactor, *PASSWORD_REFUSALS),
    examples=[request_example(PROOF), response_example(RECOVERY_CODES)],
)
