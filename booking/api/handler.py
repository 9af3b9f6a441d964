"""Gives every exception the one shape of refusals."""

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from drf_standardized_errors.handler import ExceptionHandler as StandardizedHandler
from rest_framework.exceptions import AuthenticationFailed, ParseError

from booking.api.errors import TooLarge, from_database


class ExceptionHandler(StandardizedHandler):
    """Gives exceptions of Django and of libraries their status and code."""

    def convert_known_exceptions(self, exc):
        if isinstance(exc, OperationalError | InterfaceError):
            return from_database(exc)
        if isinstance(exc, RequestDataTooBig):
            return TooLarge()
        if isinstance(exc, SuspiciousOperation | BadRequest):
            return ParseError()
        if isinstance(exc, AuthenticationFailed) and isinstance(exc.detail, dict):
            return _flatten(exc)
        return super().convert_known_exceptions(exc)


def _flatten(exc: AuthenticationFailed) -> AuthenticationFailed:
    """Undo the nesting by which Simple JWT hides its code in the detail."""
    flat = AuthenticationFailed(str(exc.detail["detail"]), str(exc.detail["code"]))
    flat.status_code = exc.status_code
    flat.auth_header = getattr(exc, "auth_header", None)
    return flat
