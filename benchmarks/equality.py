"""Whether both servers give the same responses, and leave the same history."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from benchmarks.dataset import prepare
from benchmarks.load import send_one
from benchmarks.servers import Server

MAX_LENGTH = 2_000  # of a difference, in characters
# What may be spelt differently: the prose of a refusal, a cursor, which is opaque, and
# the fraction of a whole second.
SPELLINGS = [
    (re.compile(rb'"detail":"[^"]*"'), b'"detail":*'),
    (re.compile(rb'cursor=[^&"]*'), b"cursor=*"),
    (re.compile(rb"\.000000Z"), b"Z"),
]

# Of each change what the triggers wrote; the request's own id differs.
HISTORY = """
SELECT pgh_label, status, client_id, start, pgh_context - 'request_id',
       pgh_context ? 'request_id'
  FROM appointments_appointmentevent ORDER BY pgh_id
"""


@dataclass(frozen=True)
class Trial:
    """Requests to which both servers must respond alike."""

    name: str
    requests: list[bytes]
    prepare: Callable[[psycopg.Connection], None] = prepare.reset


def find_differences(
    servers: tuple[Server, Server], trials: list[Trial], connection: psycopg.Connection
) -> list[str]:
    """Compare the bodies byte for byte, but for new values and for `SPELLINGS`."""
    differences = []
    for trial in trials:
        ours, floor = (_try(server, trial, connection) for server in servers)
        if ours != floor:
            differences.append(
                f"{trial.name}: {str(ours)[:MAX_LENGTH]} and {str(floor)[:MAX_LENGTH]}"
            )
    return differences


def fetch_history(connection: psycopg.Connection) -> list[tuple]:
    return connection.execute(HISTORY).fetchall()


def _try(server, trial, connection):
    trial.prepare(connection)
    responses = [_comparable_response(server, request) for request in trial.requests]
    return [*responses, *fetch_history(connection)]


def _comparable_response(server, request):
    status, body = send_one(server.address, request)
    if status in (200, 201) and b'"results"' not in body:
        appointment = json.loads(body)
        new = ["updated_at", "cancelled_at"]
        new += ["id", "created_at"] if status == 201 else []
        for name in new:
            pair = json.dumps({name: appointment[name]}, separators=(",", ":"))[1:-1]
            body = body.replace(pair.encode(), f'"{name}":*'.encode(), 1)
    for spelling, placeholder in SPELLINGS:
        body = spelling.sub(placeholder, body)
    return status, body
