"""Gives every exception the one shape of refusals."""

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import Error
from django.http import UnreadablePostError
from django.utils.log import log_response
from drf_standardized_errors.handler import ExceptionHandler as StandardizedHandler
from rest_framework.exceptions import (
    AuthenticationFailed,
    ErrorDetail,
    NotAuthenticated,
    ParseError,
    Throttled,
)

from booking.api.errors import (
    UNAUTHENTICATED,
    BodyIncomplete,
    TooLarge,
    TooManyRequests,
)
from booking.api.unavailable import UNDONE, explain_database_error

SENTENCES = {one.default_code: one.default_detail for one in UNAUTHENTICATED}


class ExceptionHandler(StandardizedHandler):
    """Gives exceptions of Django and of libraries their status and code."""

    def convert_known_exceptions(self, exc):
        if isinstance(exc, Error):
            return explain_database_error(exc) or exc
        if isinstance(exc, RequestDataTooBig):
            return TooLarge()
        if isinstance(exc, UnreadablePostError):
            return BodyIncomplete()
        if isinstance(exc, SuspiciousOperation | BadRequest):
            return ParseError()
        if type(exc) is Throttled:
            return TooManyRequests(exc.wait)
        if isinstance(exc, AuthenticationFailed | NotAuthenticated):
            _reword(exc)
        return super().convert_known_exceptions(exc)

    def report_exception(self, exc, response):
        """Log what PostgreSQL undid in one line: nothing is wrong with the code."""
        if not isinstance(exc, tuple(UNDONE.values())):
            super().report_exception(exc, response)
            return
        request = self.context["request"]._request
        cause = type(self.exc.__cause__).__name__
        log_response("%s: %s", cause, request.path, response=response, request=request)


def _reword(exc: AuthenticationFailed | NotAuthenticated) -> None:
    """Say it in our words, and undo the nesting by which Simple JWT hides its code."""
    detail, code = exc.detail, exc.get_codes()
    if isinstance(detail, dict):
        detail, code = detail["detail"], str(detail["code"])
    exc.detail = ErrorDetail(SENTENCES.get(code, detail), code)
