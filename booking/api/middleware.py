"""What surrounds every request: its id, and Django's own errors in the API's shape."""

import re

from django.db import Error
from django.http import HttpResponse, JsonResponse
from django_guid.middleware import guid_middleware
from drf_standardized_errors.formatter import ExceptionFormatter
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    ParseError,
    PermissionDenied,
    UnsupportedMediaType,
)

from booking.api.errors import ServerError, TooLarge, UnknownRefusal, from_database

REFUSALS = {
    refusal.status_code: refusal
    for refusal in (ParseError, PermissionDenied, NotFound, NotAcceptable, TooLarge)
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
# The admin answers people, not programs.
ADMIN_PREFIX = "/admin/"

ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,64}")


class RequestId:
    """Take the caller's X-Request-ID if it is harmless in a log, or make one up."""

    def __init__(self, get_response):
        self.get_response = guid_middleware(get_response)

    def __call__(self, request):
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        if not ACCEPTABLE_ID.fullmatch(given):
            request.META.pop("HTTP_X_REQUEST_ID", None)
        return self.get_response(request)


class ErrorsAsJson:
    """Answer JSON where Django would answer a page of HTML, in every stage."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if (
            response.status_code < 400
            or response.get("Content-Type", "").startswith("application/json")
            or request.path.startswith(ADMIN_PREFIX)
        ):
            return response
        return _convert_to_json(request, response)

    def process_exception(self, request, exception):
        if not isinstance(exception, Error):
            return None
        refusal = from_database(exception)
        if refusal is not None and request.path.startswith(ADMIN_PREFIX):
            return _text_response(refusal)
        return refusal and refusal_response(refusal)


def refusal_response(refusal: APIException) -> JsonResponse:
    """Write a refusal in the API's shape, for what DRF does not handle."""
    body = ExceptionFormatter(refusal, {}, refusal).run()
    response = JsonResponse(body, status=refusal.status_code)
    return _add_wait(response, refusal)


def _text_response(refusal):
    """Write a refusal for people."""
    response = HttpResponse(
        f"{refusal.detail}\n",
        content_type="text/plain; charset=utf-8",
        status=refusal.status_code,
    )
    return _add_wait(response, refusal)


def _add_wait(response, refusal):
    if wait := getattr(refusal, "wait", None):
        response["Retry-After"] = wait
    return response


def _convert_to_json(request, response):
    data = getattr(response, "data", None)
    if isinstance(data, dict) and "errors" in data:
        # The API's own refusal, rendered as something other than JSON.
        body = {name: data[name] for name in ("type", "errors")}
        converted = JsonResponse(body, status=response.status_code)
    else:
        converted = refusal_response(_get_refusal(request, response.status_code))
    for name in KEPT_HEADERS:
        if name in response:
            converted[name] = response[name]
    return converted


def _get_refusal(request, status):
    if status == MethodNotAllowed.status_code:
        return MethodNotAllowed(request.method)
    if status == UnsupportedMediaType.status_code:
        return UnsupportedMediaType(request.content_type)
    refusal = REFUSALS.get(status, UnknownRefusal if status < 500 else ServerError)()
    refusal.status_code = status
    return refusal
