"""The WSGI application: routes, tokens and responses."""

import os
import re

import jwt
import orjson
from psycopg.types.numeric import Int8

from benchmarks.floor import add, book, cancel, move, replay
from benchmarks.floor.database import pool
from benchmarks.floor.errors import (
    ClientBusy,
    Malformed,
    NotFound,
    Refusal,
    TherapistBusy,
    TokenNotValid,
)
from benchmarks.floor.list import list_appointments
from benchmarks.floor.sql import build_appointment

SECRET = os.environ["SECRET_KEY"]
ROUTE = "/api/v1/appointments"
OPERATION_ROUTE = re.compile(rf"{ROUTE}/([0-9]{{1,18}})/(book|move|cancel)", re.ASCII)
OPERATIONS = {"book": book.book, "move": move.move, "cancel": cancel.cancel}
REASONS = {
    200: "200 OK",
    201: "201 Created",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    404: "404 Not Found",
    409: "409 Conflict",
    422: "422 Unprocessable Content",
}

pool.open()


def application(environ, start_response):
    try:
        status, body, headers = _respond(environ)
    except Refusal as refusal:
        status, headers = refusal.status, []
        error = {"code": refusal.code, "detail": refusal.detail, "attr": None}
        body = {"type": "client_error", "errors": [error]}
        is_of_time = isinstance(refusal, TherapistBusy | ClientBusy)
        if is_of_time and not environ["PATH_INFO"].endswith("/book"):
            # At any time, a therapist has none.
            body["alternatives"] = {"day": None, "week": None, "colleagues": []}
        body = orjson.dumps(body)
    headers += [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
    ]
    start_response(REASONS[status], headers)
    return [body]


def _respond(environ):
    status, operation = _find_operation(environ)
    try:
        caller = _read_token(environ.get("HTTP_AUTHORIZATION", ""))
        if environ["REQUEST_METHOD"] == "GET":
            return 200, orjson.dumps(list_appointments(caller, environ)), []
        payload = orjson.loads(environ["wsgi.input"].read() or b"{}")
        if "HTTP_IDEMPOTENCY_KEY" in environ:
            status, body, etag = replay.replay(caller, environ, payload)
            return status, body, [("ETag", etag), ("Idempotent-Replayed", "true")]
        row = operation(caller, environ, payload)
        *_, version = row
        body = orjson.dumps(build_appointment(row))
        return status, body, [("ETag", f'"{version}"')]
    except jwt.InvalidTokenError:
        raise TokenNotValid from None
    except (ValueError, KeyError, TypeError):
        raise Malformed from None


def _find_operation(environ):
    if environ["PATH_INFO"] == ROUTE:
        return 201, add.add
    match = OPERATION_ROUTE.fullmatch(environ["PATH_INFO"])
    if not match:
        raise NotFound
    id, name = match.groups()
    operation = OPERATIONS[name]
    return 200, lambda caller, environ, payload: operation(
        caller, environ, int(id), payload
    )


def _read_token(header):
    scheme, _, token = header.partition(" ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    if scheme != "Bearer" or claims["token_type"] != "access":
        raise jwt.InvalidTokenError
    return {"user": Int8(claims["user_id"]), "password": claims["hash_password"]}
