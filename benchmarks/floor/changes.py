"""What the floor changes: one statement each, as the service would by hand."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import orjson
from psycopg.errors import ExclusionViolation
from psycopg.types.numeric import Int8

from benchmarks.floor.changes_sql import CANCEL, MOVE, REPLAY, TAKE
from benchmarks.floor.database import (
    NotFound,
    NoUser,
    Refused,
    known_type,
    pool,
    request_id,
)
from benchmarks.floor.sql import ADD

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z", re.ASCII)
CANCELLATION_REASONS = (
    "",
    "illness",
    "travel",
    "no_longer_needed",
    "therapist_unavailable",
    "other",
)
THERAPIST_BUSY = "The therapist is not free for the whole period."
CLIENT_BUSY = "The client has another appointment in that period."
BUSY = {
    "appointment_therapist_overlap": ("therapist_busy", THERAPIST_BUSY),
    "appointment_client_overlap": ("client_busy", CLIENT_BUSY),
}


def add(caller, environ, wish):
    if not 5 <= wish["duration"] <= 480:
        raise ValueError
    start = _to_come(wish["start"])
    values = {
        "start": start,
        "end": start + timedelta(minutes=wish["duration"]),
        "duration": wish["duration"],
        "type": known_type(wish["type"]),
        "therapist": Int8(wish["therapist_id"]),
    }
    row = _run(ADD, caller, environ, values)
    if row[0] is None:
        raise Refused(400)
    return row


def take(caller, environ, id, sent):
    row = _run(TAKE, caller, environ, {"id": Int8(id)})
    if row[0] is None:
        raise NotFound
    return row


def move(caller, environ, id, sent):
    values = {"id": Int8(id), "start": _to_come(sent["start"])}
    row = _run(MOVE, caller, environ, values)
    if row[0] is None:
        raise Refused(409)
    return row


def cancel(caller, environ, id, sent):
    reason = sent.get("reason", "")
    if reason not in CANCELLATION_REASONS:
        raise ValueError
    row = _run(CANCEL, caller, environ, {"id": Int8(id), "reason": reason})
    if row[0] is None:
        raise Refused(409)
    return row


def replayed(caller, environ, body):
    """Find what was answered to the same request before: status, body and ETag."""
    route = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    body = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    asked = f"{route}?{environ['QUERY_STRING']}\n".encode() + body
    values = caller | {
        "key": environ["HTTP_IDEMPOTENCY_KEY"].strip('"'),
        "now": datetime.now(UTC),
    }
    with pool.connection() as connection:
        row = connection.execute(REPLAY, values).fetchone()
    if row is None:
        raise NoUser
    status, body, etag, fingerprint = row
    if status is None:
        raise Refused(400)
    if fingerprint != hashlib.sha256(asked).hexdigest():
        raise Refused(422, "idempotency_key_reused")
    return status, body.encode(), etag


def _to_come(text):
    if not MOMENT.fullmatch(text):
        raise ValueError
    start = datetime.fromisoformat(text)
    if start <= datetime.now(UTC):
        raise ValueError
    return start


def _run(statement, caller, environ, values):
    told = {"request_id": request_id(environ), "now": datetime.now(UTC)}
    try:
        with pool.connection() as connection:
            row = connection.execute(statement, caller | told | values).fetchone()
    except ExclusionViolation as violation:
        raise Refused(409, *BUSY[violation.diag.constraint_name]) from None
    if row is None:
        raise NoUser
    return row
