"""What it takes to refuse a request."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import DatabaseError, IntegrityError
from psycopg.errors import DeadlockDetected, SerializationFailure
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError


class InvalidField(ValidationError):
    """A field is well formed, but its value cannot be accepted."""

    field: str

    def __init__(self):
        error = ErrorDetail(self.default_detail, self.default_code)
        super().__init__({self.field: [error]})


class Conflict(APIException):
    """The request is well formed, but the present state of the data forbids it."""

    status_code = 409


class Rule(APIException):
    """One of the practice's rules, as a reason to refuse."""

    status_code = 422


class RulesRefuse(APIException):
    """The practice's rules refuse; every rule that does is listed."""

    status_code = 422

    def __init__(self, rules: list[type[Rule]]):
        self.detail = [ErrorDetail(r.default_detail, r.default_code) for r in rules]


class PreconditionFailed(APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = "It has changed since; look at it again."


class PreconditionRequired(APIException):
    status_code = 428
    default_code = "precondition_required"
    default_detail = "Send If-Match with the ETag of what you saw."


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body of the request is too large."


class DatabaseUnavailable(APIException):
    status_code = 503
    default_code = "database_unavailable"
    # A connection may break right after a commit, before PostgreSQL's word of it comes.
    default_detail = (
        "The database cannot be reached, and whether the request was done is not known. "
        "Try again."
    )


class Overtaken(APIException):
    """PostgreSQL undid this request in favour of another; the next try may succeed."""

    status_code = 503
    default_code = "overtaken"
    default_detail = "Others changed the same just then. Nothing was done; try again."
    wait = 1


def from_database(error: DatabaseError) -> APIException:
    """Tell a request that PostgreSQL undid from one that did not reach it."""
    undone = isinstance(error.__cause__, DeadlockDetected | SerializationFailure)
    return Overtaken() if undone else DatabaseUnavailable()


@contextmanager
def violations_as(refusals: Mapping[str, type[APIException]]) -> Iterator[None]:
    """Turn the violation of a named constraint into the refusal listed for it.

    A violation that is not listed is a bug, and goes up unchanged.
    """
    try:
        yield
    except IntegrityError as error:
        constraint = error.__cause__.diag.constraint_name
        if constraint not in refusals:
            raise
        raise refusals[constraint] from error
