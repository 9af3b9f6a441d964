"""The kinds of refusal, and the refusals that any route may give.

An app lists its own refusals in its `errors.py`: one class each, with its status, code
and sentence, its `field` if a field is at fault, and its `constraint` if the database
decides.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    ErrorDetail,
    PermissionDenied,
    Throttled,
    ValidationError,
)

# A response names at most so many unknown fields or parameters.
MOST_NAMES = 20


class InvalidField(ValidationError):
    """A field or parameter of the request cannot be accepted."""

    field: str
    # As in `Conflict`.
    keeps_changes = False

    def __init__(self):
        error = ErrorDetail(self.default_detail, self.default_code)
        super().__init__({self.field: [error]})


class _NamedInRequest(ValidationError):
    """Refuses fields or parameters by names that only the request knows."""

    def __init__(self, names: Iterable[str]):
        error = ErrorDetail(self.default_detail, self.default_code)
        super().__init__({name: [error] for name in islice(names, MOST_NAMES)})


class UnknownField(_NamedInRequest):
    default_code = "unknown_field"
    default_detail = "This operation has no such field."


class RepeatedField(_NamedInRequest):
    default_code = "repeated"
    default_detail = "Give it once."


class UnknownParameter(_NamedInRequest):
    default_code = "unknown_parameter"
    default_detail = "Unknown parameter."


class Conflict(APIException):
    """The request is well formed, but the present state of the data forbids it."""

    status_code = 409
    # Set if the operation has undone what it did, and has written down that it refused.
    # An idempotent request then commits that together with its response.
    keeps_changes = False


class Rule(APIException):
    """A rule of the practice that refuses a booking.

    `precise_detail` is said instead of the default where its facts are known.
    """

    status_code = 422
    precise_detail = ""

    @classmethod
    def get_sentence(cls, facts: Mapping[str, Any]) -> str:
        try:
            return cls.precise_detail.format_map(facts) or cls.default_detail
        except KeyError:
            return cls.default_detail


class RulesRefuse(APIException):
    """The rules of the practice refuse; the response lists every rule that does."""

    status_code = 422

    def __init__(
        self,
        rules: Iterable[type[Rule]],
        facts: Mapping[str, Any] = MappingProxyType({}),
    ):
        self.detail = [
            ErrorDetail(r.get_sentence(facts), r.default_code) for r in rules
        ]


class SignInRequired(AuthenticationFailed):
    default_code = "not_authenticated"
    default_detail = "Sign in, and send `Authorization: Bearer <access token>`."


class SignInFailed(AuthenticationFailed):
    default_detail = "This could not be authenticated."


class BadAuthorizationHeader(AuthenticationFailed):
    default_code = "bad_authorization_header"
    default_detail = "Write the header as `Authorization: Bearer <access token>`."


class TokenNotValid(AuthenticationFailed):
    default_code = "token_not_valid"
    default_detail = "This token has expired or is not valid."


class UserNotFound(AuthenticationFailed):
    default_code = "user_not_found"
    default_detail = "The account of this token no longer exists."


class UserInactive(AuthenticationFailed):
    default_code = "user_inactive"
    default_detail = "This account is deactivated."


class PasswordChanged(AuthenticationFailed):
    default_code = "password_changed"
    default_detail = "The password has changed since. Sign in again."


class SecondFactorRequired(PermissionDenied):
    default_code = "second_factor_required"
    default_detail = "The practice requires a second factor of you. Add one first."


# The refusals of DRF and Simple JWT, in our words.
UNAUTHENTICATED = (
    SignInRequired,
    SignInFailed,
    BadAuthorizationHeader,
    TokenNotValid,
    UserNotFound,
    UserInactive,
    PasswordChanged,
)


class InvalidIdempotencyKey(InvalidField):
    field = "Idempotency-Key"
    default_code = "invalid"
    default_detail = "Use 1 to 255 visible ASCII characters."


class KeyInUse(Conflict):
    default_code = "idempotency_key_in_use"
    default_detail = "The first request with this key is still running. Try again."


class KeyReused(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "This key was used for a different request."


class RightsChanged(Conflict):
    default_code = "rights_changed"
    default_detail = (
        "This was done already, and your rights have changed since. Look it up."
    )


class PreconditionFailed(APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = "This has changed since you read it. Please read it again."


class PreconditionRequired(APIException):
    status_code = 428
    default_code = "precondition_required"
    default_detail = "Send If-Match with the ETag that you read."


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body of the request is too large."


class BodyIncomplete(APIException):
    status_code = 408
    default_code = "body_incomplete"
    default_detail = "The body of the request did not arrive in time."


class LengthRequired(APIException):
    status_code = 411
    default_code = "length_required"
    default_detail = "Send the length of the body in Content-Length."


class TooManyRequests(Throttled):
    """One user or address sends too many; the response says how long to wait."""

    default_detail = "Too many requests."
    extra_detail_singular = "Try again in {wait} second."
    extra_detail_plural = "Try again in {wait} seconds."


class UnknownRefusal(APIException):
    """Django refused with a status that has no class here."""

    status_code = 400
    default_detail = "The request was refused."


class ServerError(APIException):
    default_detail = "Something went wrong on the server."


@contextmanager
def violations_as(refusals: Iterable[type[APIException]]) -> Iterator[None]:
    """Turn the violation of a constraint into the refusal that names this constraint.

    A violation that no refusal names is a bug, and goes up unchanged.
    """
    try:
        yield
    except IntegrityError as error:
        constraint = error.__cause__.diag.constraint_name
        for refusal in refusals:
            if refusal.constraint == constraint:
                raise refusal from error
        raise
