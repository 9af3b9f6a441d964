"""The least that can serve the same two requests: the floor to measure against.

A bare WSGI function: PyJWT, a psycopg pool, orjson, and one hand-written statement
per request, which also asks whether the token's user is still active and has the same
password. It validates what it reads and locks as the service does; roles other than
client, other parameters and helpful refusals are left out.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

import jwt
import orjson
from psycopg.errors import ExclusionViolation
from psycopg.types.numeric import Int8
from psycopg_pool import ConnectionPool

from benchmarks.floor_sql import ADD, LIST

SECRET = os.environ["SECRET_KEY"]
ROUTE = "/api/v1/appointments"
TYPES = ("one-off", "consultation")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z", re.ASCII)
PAGE = 50
REASONS = {
    200: "200 OK",
    201: "201 Created",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    404: "404 Not Found",
    409: "409 Conflict",
}
THERAPIST_BUSY = "The therapist is not free during that whole period."
CLIENT_BUSY = "The client has another appointment in that period."
BUSY = {
    "appointment_therapist_overlap": ("therapist_busy", THERAPIST_BUSY),
    "appointment_client_overlap": ("client_busy", CLIENT_BUSY),
}

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=int(os.environ.get("WEB_THREADS", "4")),
    open=True,
    kwargs={
        "autocommit": True,
        "prepare_threshold": 0,
        "options": "-c plan_cache_mode=force_generic_plan -c timezone=UTC",
    },
)


class Refused(Exception):
    def __init__(self, status, code="invalid", detail="The request is malformed."):
        self.status, self.code, self.detail = status, code, detail


def application(environ, start_response):
    try:
        status, answer = respond(environ)
    except Refused as refused:
        status = refused.status
        error = {"code": refused.code, "detail": refused.detail, "attr": None}
        answer = {"type": "client_error", "errors": [error]}
    body = orjson.dumps(answer)
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
    ]
    start_response(REASONS[status], headers)
    return [body]


def respond(environ):
    if environ["PATH_INFO"] != ROUTE:
        raise Refused(404, "not_found")
    try:
        caller = claims(environ.get("HTTP_AUTHORIZATION", ""))
        if environ["REQUEST_METHOD"] == "POST":
            return 201, add(caller, orjson.loads(environ["wsgi.input"].read()))
        return 200, page(caller, environ)
    except jwt.InvalidTokenError:
        raise Refused(401, "token_not_valid") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(400) from None


def claims(header):
    scheme, _, token = header.partition(" ")
    claimed = jwt.decode(token, SECRET, algorithms=["HS256"])
    if scheme != "Bearer" or claimed["token_type"] != "access":
        raise jwt.InvalidTokenError
    return {"user": Int8(claimed["user_id"]), "password": claimed["hash_password"]}


def page(caller, environ):
    asked = dict(parse_qsl(environ["QUERY_STRING"], strict_parsing=True))
    names = asked["specialisms"].split(",")
    values = caller | {
        "start": midnight(asked["start"]),
        "end": midnight(asked["end"]) + timedelta(days=1),
        "type": known_type(asked["type"]),
        "specialisms": sorted({name.strip().lower() for name in names}),
        "now": datetime.now(UTC),
        "limit": Int8(PAGE + 1),
    }
    with pool.connection() as connection:
        rows = connection.execute(LIST, values).fetchall()
    if not rows:
        raise Refused(401, "user_not_found")
    if rows[0][0] is None:
        rows = []
    following = next_page(environ, rows[PAGE - 1]) if len(rows) > PAGE else None
    results = [appointment(row) for row in rows[:PAGE]]
    return {"next": following, "previous": None, "results": results}


def add(caller, wish):
    if not MOMENT.fullmatch(wish["start"]) or not 5 <= wish["duration"] <= 480:
        raise ValueError
    start = datetime.fromisoformat(wish["start"])
    now = datetime.now(UTC)
    if start <= now:
        raise ValueError
    values = caller | {
        "start": start,
        "end": start + timedelta(minutes=wish["duration"]),
        "duration": wish["duration"],
        "type": known_type(wish["type"]),
        "therapist": Int8(wish["therapist_id"]),
        "now": now,
    }
    try:
        with pool.connection() as connection:
            row = connection.execute(ADD, values).fetchone()
    except ExclusionViolation as violation:
        raise Refused(409, *BUSY[violation.diag.constraint_name]) from None
    if row is None:
        raise Refused(401, "user_not_found")
    if row[0] is None:
        raise Refused(400)
    return appointment(row)


def appointment(row):
    return {
        "id": row[0],
        "start": row[1],
        "end": row[2],
        "duration": row[3],
        "type": row[4],
        "status": row[5],
        "therapist": {"id": row[6], "name": row[7], "specialisms": row[8]},
        "client": row[9] and {"id": row[9], "name": row[10], "email": row[11]},
        "created_at": row[12],
        "updated_at": row[13],
        "overridden": row[14],
    }


def midnight(day):
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def known_type(type):
    if type not in TYPES:
        raise ValueError
    return type


def next_page(environ, last):
    """Sign the position with the filters, as Django's signer does for the service."""
    keys = json.dumps([[last[1], last[0]], False], separators=(",", ":"))
    value = encoded(keys.encode())
    query = parse_qsl(environ["QUERY_STRING"])
    salt = f"cursor {ROUTE}?{urlencode(sorted(query))}signer"
    key = hashlib.sha256((salt + SECRET).encode()).digest()
    signature = encoded(hmac.digest(key, value.encode(), "sha256"))
    query = sorted([*query, ("cursor", f"{value}:{signature}")])
    return f"http://{environ['HTTP_HOST']}{ROUTE}?{urlencode(query)}"


def encoded(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
