"""From any exception to the one shape of every refusal."""

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler as StandardizedHandler
from rest_framework.exceptions import AuthenticationFailed, ParseError

from booking.api.errors import TooLarge, from_database


class Formatter(ExceptionFormatter):
    """Adds what a refusal tells beside its errors."""

    def format_error_response(self, error_response):
        told = super().format_error_response(error_response)
        return told | getattr(self.exc, "more", {})


class ExceptionHandler(StandardizedHandler):
    """Give the exceptions of Django and of its libraries the status they deserve."""

    def convert_known_exceptions(self, exc):
        if isinstance(exc, OperationalError | InterfaceError):
            return from_database(exc)
        if isinstance(exc, RequestDataTooBig):
            return TooLarge()
        if isinstance(exc, SuspiciousOperation | BadRequest):
            return ParseError()
        if isinstance(exc, AuthenticationFailed) and isinstance(exc.detail, dict):
            return _flat(exc)
        return super().convert_known_exceptions(exc)


def _flat(exc: AuthenticationFailed) -> AuthenticationFailed:
    """Simple JWT puts its code and per-class messages into the detail; undo that."""
    flat = AuthenticationFailed(str(exc.detail["detail"]), str(exc.detail["code"]))
    flat.status_code = exc.status_code
    flat.auth_header = getattr(exc, "auth_header", None)
    return flat
