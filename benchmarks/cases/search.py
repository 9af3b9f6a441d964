"""The searches and the booking of a slot, each with the statement to compare with."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg.types.numeric import Int8

from benchmarks import load
from benchmarks.cases import appointments as cases
from benchmarks.dataset import fill as dataset
from benchmarks.effort import CLIENTS
from benchmarks.floor.sql import appointment
from benchmarks.statements import search as statements

PAGE = 50
ONE = 11
FULL = 22
# Whose clock shows UTC; each client asks some of them, one after the other.
UTC_THERAPISTS = range(5, dataset.THERAPISTS, 5)
EACH = len(UTC_THERAPISTS) // CLIENTS
MONDAY = cases.AREA + timedelta(days=7 - cases.AREA.weekday())
MOST_SLOTS = 20 * 5 * 8  # of a client: weeks, days, hours
BOOKINGS = 400  # of each of pgbench's connections in a round

# A therapist with hours on every day and no absences, full until the 28th day.
FILL_UP = """
DELETE FROM appointments_appointment
 WHERE therapist_id = %(full)s AND start > %(today)s - interval '1 day'
   AND start < %(today)s + interval '40 days';
DELETE FROM therapists_absence WHERE therapist_id = %(full)s;
DELETE FROM therapists_workinghours WHERE therapist_id = %(full)s;
INSERT INTO therapists_workinghours (therapist_id, weekday, start, "end")
SELECT %(full)s, weekday, hour::time, hour::time + interval '4 hours'
  FROM generate_series(1, 7) weekday, unnest(ARRAY['08:00', '13:00']) hour;
INSERT INTO appointments_appointment (therapist_id, client_id, type, status, start, "end",
                                      busy_until, overridden, created_at, updated_at)
SELECT %(full)s, %(client)s, 'one-off', 'booked', start, start + interval '50 minutes',
       start + interval '60 minutes', '{}', start, start
  FROM generate_series(%(today)s, %(today)s + interval '27 days' - interval '1 hour',
                       interval '1 hour') start
"""


@dataclass
class Asked:
    """A request in HTTP, and a script for pgbench that asks for the same."""

    name: str
    requests: Callable[[float], list[list[bytes]]]
    script: str
    values: dict[str, Any]
    status: int = 200
    each: int | None = None  # so often by each connection, not for so long

    def statement(self) -> str:
        """Return what the script runs, as psycopg takes it."""
        sql = re.sub(r"^\\set.*$", "", self.script, flags=re.MULTILINE)
        sql = re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", sql.replace("%", "%%"))
        return sql.strip().rstrip(";")


def prepare(connection: psycopg.Connection) -> None:
    values = {"full": FULL, "client": dataset.STAFF, "today": today()}
    for statement in FILL_UP.split(";"):
        connection.execute(statement, values)
    connection.execute("VACUUM (ANALYZE) appointments_appointment")


def everything(tokens: list[str]) -> list[Asked]:
    rare = {"specialisms": dataset.RARE}
    return [
        _search("a: one therapist", 28, "one", {"therapist_id": ONE}),
        _search("b: 50 therapists", 14, "specialism", rare),
        _search("c: all therapists", 28, "all", {}),
        _next_slot(),
        booking(tokens),
    ]


def _search(name, days, therapists, narrowed):
    first = today() + timedelta(days=1)
    last = first + timedelta(days=days - 1)
    query = {"start": first.date(), "end": last.date(), "type": "one-off"} | narrowed
    values = _values(first, last + timedelta(days=1), PAGE + 1, ONE)
    path = f"/api/v1/slots?{urlencode(query)}"
    return _looking(name, path, therapists, values)


def _next_slot():
    path = f"/api/v1/therapists/{FULL}/next_slot?type=one-off"
    values = _values(today(), today() + timedelta(days=366), 1, FULL)
    return _looking("d: next slot", path, "one", values)


def _looking(name, path, therapists, values):
    request = cases.request("GET", path)
    return Asked(
        name,
        lambda seconds: [[request] * int(2_000 * seconds)] * CLIENTS,
        statements.SEARCH.format(therapists=statements.THERAPISTS[therapists]),
        values,
    )


def booking(tokens):
    requests = [
        [_wish(token, client, n) for n in range(1, MOST_SLOTS)]
        for client, token in enumerate(tokens[:CLIENTS])
    ]
    values = {
        "n": 0,
        "first_client": dataset.FIRST_CLIENT,
        "each": EACH,
        "monday": int(MONDAY.timestamp()),
    }
    return Asked(
        "e: book a slot", lambda _: requests, statements.BOOK, values, 201, BOOKINGS
    )


def _wish(token, client, n):
    """As the script counts them."""
    days, hour = divmod(n, 8)
    start = MONDAY + timedelta(
        days=days // 5 * 7 + days % 5, hours=8 + hour + hour // 4
    )
    therapist = UTC_THERAPISTS[client * EACH + n % EACH]
    return cases.adding(token, therapist, start)


def _values(since, until, limit, therapist):
    return {
        "since": since.date(),
        "until": until.date(),
        "limit": limit,
        "therapist": therapist,
        "specialism": dataset.RARE.lower(),
    }


def today():
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def difference(server, asked: Asked, connection: psycopg.Connection) -> str:
    """Compare what the service and the statement answer; name what is different."""
    cases.clean(connection)
    status, body = load.ask(server.address, asked.requests(1)[0][0])
    ours = json.loads(body)
    cases.clean(connection)
    rows = connection.execute(asked.statement(), by_hand(asked.values)).fetchall()
    cases.clean(connection)
    if status == 201:
        theirs = _appointment(rows[0])
        ours |= dict.fromkeys(("id", "created_at", "updated_at"))
    elif asked.values["limit"] == 1:
        theirs = _slot(rows[0])
    else:
        theirs = [_slot(row) for row in rows[:PAGE]]
        ours = ours["results"]
    return "" if ours == theirs else f"{asked.name}: {ours} and {theirs}"


def by_hand(values):
    """The script's variables; of those that it computes, the first ones."""
    first = {
        "client": dataset.FIRST_CLIENT,
        "therapist": UTC_THERAPISTS[1],
        "at": int((MONDAY + timedelta(hours=9)).timestamp()),
    } | values
    return {
        name: Int8(value) if isinstance(value, int) else str(value)
        for name, value in first.items()
    }


def _slot(row):
    names = ("start", "end", "duration", "appointment_id")
    therapist = dict(
        zip(("id", "name", "time_zone", "specialisms"), row[4:8], strict=True)
    )
    return dict(zip(names, row[:4], strict=True)) | {
        "therapist": therapist,
        "type": row[8],
    }


def _appointment(row):
    shown = appointment(row)
    return shown | dict.fromkeys(("id", "created_at", "updated_at"))
