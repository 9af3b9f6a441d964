"""The floor's list: a client's own appointments and the available ones."""

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

from psycopg.types.numeric import Int8

from benchmarks.floor.database import pool
from benchmarks.floor.errors import UserNotFound
from benchmarks.floor.fields import check_type
from benchmarks.floor.sql import CALLER, COLUMNS, JOINS, build_appointment

SECRET = os.environ["SECRET_KEY"]
PAGE = 50

_FILTERS = """a.start >= %(start)s AND a.start < %(end)s AND a.type = %(type)s
            AND (a.therapist_id IN (SELECT therapist_id FROM specialists)) IS TRUE"""

# `IS TRUE` in the filters keeps PostgreSQL from turning the look-up in a hash into a join.
LIST = f"""
WITH {CALLER}, specialists AS MATERIALIZED (
    -- Therapists with one of the specialisms.
    SELECT link.therapist_id
      FROM therapists_therapist_specialisms link
      JOIN therapists_specialism s ON s.id = link.specialism_id
     WHERE lower(s.name) = ANY(%(specialisms)s)
), page AS MATERIALIZED (
    -- Each part follows an index of its own and stops after a page.
    SELECT * FROM (
        -- Own appointments, but for expired holds.
        (SELECT a.*, a.xmin::text AS version, FALSE AS hold_expired
           FROM appointments_appointment a
          WHERE a.client_id = (SELECT id FROM caller)
            AND (a.status = 'held' AND a.hold_expires_at <= %(now)s) IS NOT TRUE
            AND {_FILTERS}
          ORDER BY a.start, a.id LIMIT %(limit)s)
        UNION ALL
        -- Appointments that can be booked. The first condition is that of an index.
        (SELECT a.*, a.xmin::text AS version, a.status = 'held' AS hold_expired
           FROM appointments_appointment a
          WHERE (a.status = 'available' OR a.status = 'held' AND a.was_published)
            AND (a.status = 'available' OR a.hold_expires_at <= %(now)s)
            AND a.start > %(now)s
            AND {_FILTERS}
            AND EXISTS (SELECT FROM therapists_therapist t
                         WHERE t.id = a.therapist_id AND t.is_active)
          ORDER BY a.start, a.id LIMIT %(limit)s)
        ) a
     ORDER BY a.start, a.id LIMIT %(limit)s
)
SELECT {COLUMNS}
  FROM caller
  LEFT JOIN page a ON TRUE
  {JOINS}
 ORDER BY a.start, a.id
"""


def list_appointments(caller, environ):
    query = dict(parse_qsl(environ["QUERY_STRING"], strict_parsing=True))
    names = query["specialisms"].split(",")
    values = caller | {
        "start": _midnight(query["start"]),
        "end": _midnight(query["end"]) + timedelta(days=1),
        "type": check_type(query["type"]),
        "specialisms": sorted({name.strip().lower() for name in names}),
        "now": datetime.now(UTC),
        "limit": Int8(PAGE + 1),
    }
    with pool.connection() as connection:
        rows = connection.execute(LIST, values).fetchall()
    if not rows:
        raise UserNotFound
    id, *_ = rows[0]
    if id is None:
        rows = []
    next_page = _next_page(environ, rows[PAGE - 1]) if len(rows) > PAGE else None
    results = [build_appointment(row) for row in rows[:PAGE]]
    return {"next": next_page, "previous": None, "results": results}


def _midnight(day):
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _next_page(environ, last):
    """Sign the position and the filters, as Django's signer does for the service."""
    id, start, *_ = last
    position = json.dumps([[start, id], False], separators=(",", ":"))
    value = _encode(position.encode())
    query = parse_qsl(environ["QUERY_STRING"])
    salt = f"cursor {environ['PATH_INFO']}?{urlencode(sorted(query))}signer"
    key = hashlib.sha256((salt + SECRET).encode()).digest()
    signature = _encode(hmac.digest(key, value.encode(), "sha256"))
    query = sorted([*query, ("cursor", f"{value}:{signature}")])
    return f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}?{urlencode(query)}"


def _encode(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
