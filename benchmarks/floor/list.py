"""The floor's list."""

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

from psycopg.types.numeric import Int8

from benchmarks.floor.database import ROUTE, NoUser, known_type, pool
from benchmarks.floor.sql import LIST, appointment

SECRET = os.environ["SECRET_KEY"]
PAGE = 50


def page(caller, environ):
    asked = dict(parse_qsl(environ["QUERY_STRING"], strict_parsing=True))
    names = asked["specialisms"].split(",")
    values = caller | {
        "start": _midnight(asked["start"]),
        "end": _midnight(asked["end"]) + timedelta(days=1),
        "type": known_type(asked["type"]),
        "specialisms": sorted({name.strip().lower() for name in names}),
        "now": datetime.now(UTC),
        "limit": Int8(PAGE + 1),
    }
    with pool.connection() as connection:
        rows = connection.execute(LIST, values).fetchall()
    if not rows:
        raise NoUser
    if rows[0][0] is None:
        rows = []
    following = _next_page(environ, rows[PAGE - 1]) if len(rows) > PAGE else None
    results = [appointment(row) for row in rows[:PAGE]]
    return {"next": following, "previous": None, "results": results}


def _midnight(day):
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _next_page(environ, last):
    """Sign the position with the filters, as Django's signer does for the service."""
    keys = json.dumps([[last[1], last[0]], False], separators=(",", ":"))
    value = _encoded(keys.encode())
    query = parse_qsl(environ["QUERY_STRING"])
    salt = f"cursor {ROUTE}?{urlencode(sorted(query))}signer"
    key = hashlib.sha256((salt + SECRET).encode()).digest()
    signature = _encoded(hmac.digest(key, value.encode(), "sha256"))
    query = sorted([*query, ("cursor", f"{value}:{signature}")])
    return f"http://{environ['HTTP_HOST']}{ROUTE}?{urlencode(query)}"


def _encoded(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
