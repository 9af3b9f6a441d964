"""The floor's response to a request with a known Idempotency-Key."""

import hashlib
from datetime import UTC, datetime

import orjson

from benchmarks.floor.database import pool
from benchmarks.floor.errors import IdempotencyKeyReused, Malformed, UserNotFound
from benchmarks.floor.sql import CALLER

REPLAY = f"""
WITH {CALLER}
SELECT stored.status, stored.body, stored.etag, stored.fingerprint
  FROM caller
  LEFT JOIN booking_idempotentresponse stored
    ON stored.user_id = caller.id AND stored.key = %(key)s AND stored.expires_at > %(now)s
"""


def replay(caller, environ, payload):
    """Return status, body and ETag of the first response to the same request."""
    values = caller | {
        "key": environ["HTTP_IDEMPOTENCY_KEY"].strip('"'),
        "now": datetime.now(UTC),
    }
    with pool.connection() as connection:
        row = connection.execute(REPLAY, values).fetchone()
    if row is None:
        raise UserNotFound
    status, body, etag, fingerprint = row
    if status is None:
        raise Malformed
    if fingerprint != _fingerprint(environ, payload):
        raise IdempotencyKeyReused
    return status, body.encode(), etag


def _fingerprint(environ, payload):
    route = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    body = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    request = f"{route}?{environ['QUERY_STRING']}\n".encode() + body
    return hashlib.sha256(request).hexdigest()
