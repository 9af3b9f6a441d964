"""What goes around every request: its id, and Django's own errors as the API's."""

import re

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django_guid.middleware import guid_middleware

from booking.api.errors import from_database

CODES = {
    400: ("parse_error", "The request is malformed."),
    403: ("permission_denied", "You may not do this."),
    404: ("not_found", "Not found."),
    405: ("method_not_allowed", "This route does not take that method."),
    406: ("not_acceptable", "This route answers in no such form."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media_type", "This route does not read that content type."),
}
REFUSED = ("error", "The request was refused.")
SERVER_ERROR = ("error", "Something went wrong on the server.")
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
# People, not programs, read what the admin answers.
FOR_PEOPLE = "/admin/"

UNREACHABLE = (OperationalError, InterfaceError)
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
            or request.path.startswith(FOR_PEOPLE)
        ):
            return response
        return _as_json(response)

    def process_exception(self, request, exception):
        if isinstance(exception, UNREACHABLE):
            return unavailable(exception)
        return None


def unavailable(exception):
    refusal = from_database(exception)
    answer = error_response(
        refusal.status_code, refusal.default_code, refusal.default_detail
    )
    if wait := getattr(refusal, "wait", None):
        answer["Retry-After"] = wait
    return answer


def error_response(status, code, detail):
    kind = "client_error" if status < 500 else "server_error"
    error = {"code": code, "detail": detail, "attr": None}
    return JsonResponse({"type": kind, "errors": [error]}, status=status)


def _as_json(response):
    status, told = response.status_code, getattr(response, "data", None)
    if isinstance(told, dict) and "errors" in told:
        # The API's own refusal, where only its rendering is not JSON and adds to it.
        own = {name: told[name] for name in ("type", "errors")}
        answer = JsonResponse(own, status=status)
    else:
        other = REFUSED if status < 500 else SERVER_ERROR
        answer = error_response(status, *CODES.get(status, other))
    for name in KEPT_HEADERS:
        if name in response:
            answer[name] = response[name]
    return answer
