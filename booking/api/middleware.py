"""The surroundings of every request: its id, and Django's own errors in the API's shape."""

import re
from functools import lru_cache
from ipaddress import ip_address
from uuid import uuid4

from django.conf import settings
from django.db import Error
from django.http import HttpResponse, JsonResponse
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
from rest_framework.throttling import BaseThrottle

from booking.api.errors import ServerError, TooLarge, UnknownRefusal
from booking.api.unavailable import explain_database_error
from booking.origin import (
    ENVIRONMENT_KEY,
    LONGEST_PATH,
    Origin,
    hide_secret,
    set_origin,
)

REFUSALS = {
    refusal.status_code: refusal
    for refusal in (ParseError, PermissionDenied, NotFound, NotAcceptable, TooLarge)
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
ADMIN_PREFIX = "/admin/"
# Below these, people read the errors, not programs.
PAGE_PREFIXES = (ADMIN_PREFIX, "/link/")

ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,64}")


class RequestId:
    """Give each request an id of ours, and keep the caller's if it is harmless in a log.

    The response's X-Request-ID is the caller's, or else ours.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        caller = given if ACCEPTABLE_ID.fullmatch(given) else None
        # The log of requests reads ours there, after the response.
        ours = request.META[ENVIRONMENT_KEY] = uuid4().hex
        address = get_ip_address(BaseThrottle().get_ident(request))
        path = f"{request.method} {hide_secret(request.path)}"[:LONGEST_PATH]
        set_origin(origin := Origin(ours, caller, address, path))
        response = self.get_response(request)
        response["X-Request-ID"] = origin.public_id
        return response


@lru_cache(maxsize=1000)
def get_ip_address(text: str | None) -> str | None:
    """Return the address, or None for what is none, such as a unix socket's."""
    try:
        return str(ip_address(text or ""))
    except ValueError:
        return None


class WholeBodies:
    """Refuse a request whose body is too long: nothing acts on a part of it.

    The admin has Django's own limit, except for what arrives in chunks.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        refusal = getattr(request, "refusal", None)
        if refusal is None and _is_too_long(request):
            refusal = TooLarge()
        return refusal_response(refusal) if refusal else self.get_response(request)


class ErrorsAsJson:
    """Answer JSON where Django would answer a page of HTML, in every stage."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if (
            response.status_code < 400
            or response.get("Content-Type", "").startswith("application/json")
            or request.path.startswith(PAGE_PREFIXES)
        ):
            return response
        return _convert_to_json(request, response)

    def process_exception(self, request, exception):
        if not isinstance(exception, Error):
            return None
        refusal = explain_database_error(exception)
        if refusal is not None and request.path.startswith(PAGE_PREFIXES):
            return text_response(refusal)
        return refusal and refusal_response(refusal)


def _is_too_long(request):
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_long = length.isdigit() and int(length) > settings.BODY_LIMIT_BYTES
    return is_long and not request.path.startswith(ADMIN_PREFIX)


def refusal_response(refusal: APIException) -> JsonResponse:
    """Write a refusal in the API's shape, for what DRF does not handle."""
    body = ExceptionFormatter(refusal, {}, refusal).run()
    response = JsonResponse(body, status=refusal.status_code)
    return _add_wait(response, refusal)


def text_response(refusal):
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
