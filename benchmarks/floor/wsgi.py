"""The least that can serve the same requests: the floor to measure against.

A bare WSGI function: PyJWT, a psycopg pool, orjson, and one hand-written statement
per request, which also asks whether the token's user is still active and has the same
password. It validates what it reads, locks as the service does and tells the triggers
that keep the history who acts; roles other than client, other parameters and helpful
refusals are left out, and it replays answers but stores none.
"""

import os
import re

import jwt
import orjson
from psycopg.types.numeric import Int8

from benchmarks.floor import changes
from benchmarks.floor.database import ROUTE, NotFound, Refused
from benchmarks.floor.list import page
from benchmarks.floor.sql import appointment

SECRET = os.environ["SECRET_KEY"]
OPERATION = re.compile(rf"{ROUTE}/([0-9]{{1,18}})/(book|move|cancel)", re.ASCII)
OPERATIONS = {
    "book": changes.take,
    "move": changes.move,
    "cancel": changes.cancel,
}
REASONS = {
    200: "200 OK",
    201: "201 Created",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    404: "404 Not Found",
    409: "409 Conflict",
    422: "422 Unprocessable Content",
}


def application(environ, start_response):
    try:
        status, body, headers = respond(environ)
    except Refused as refused:
        status, headers = refused.status, []
        error = {"code": refused.code, "detail": refused.detail, "attr": None}
        body = orjson.dumps({"type": "client_error", "errors": [error]})
    headers += [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
    ]
    start_response(REASONS[status], headers)
    return [body]


def respond(environ):
    status, operation = operation_for(environ)
    try:
        caller = claims(environ.get("HTTP_AUTHORIZATION", ""))
        if environ["REQUEST_METHOD"] == "GET":
            return 200, orjson.dumps(page(caller, environ)), []
        sent = orjson.loads(environ["wsgi.input"].read() or b"{}")
        if "HTTP_IDEMPOTENCY_KEY" in environ:
            status, body, etag = changes.replayed(caller, environ, sent)
            return status, body, [("ETag", etag), ("Idempotent-Replayed", "true")]
        row = operation(caller, environ, sent)
        return status, orjson.dumps(appointment(row)), [("ETag", f'"{row[-1]}"')]
    except jwt.InvalidTokenError:
        raise Refused(401, "token_not_valid") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(400) from None


def operation_for(environ):
    if environ["PATH_INFO"] == ROUTE:
        return 201, changes.add
    found = OPERATION.fullmatch(environ["PATH_INFO"])
    if not found:
        raise NotFound
    id, name = found.groups()
    operation = OPERATIONS[name]
    return 200, lambda caller, environ, sent: operation(caller, environ, int(id), sent)


def claims(header):
    scheme, _, token = header.partition(" ")
    claimed = jwt.decode(token, SECRET, algorithms=["HS256"])
    if scheme != "Bearer" or claimed["token_type"] != "access":
        raise jwt.InvalidTokenError
    return {"user": Int8(claimed["user_id"]), "password": claimed["hash_password"]}
