"""What happens after booking: taking, moving, cancelling, and asking again.

Before each round the clients get appointments of their own, with known ids, in the hours
that the other cases use.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from benchmarks import load
from benchmarks.cases import appointments as cases
from benchmarks.cases.appointments import Trial
from benchmarks.dataset.fill import FIRST_CLIENT, THERAPISTS
from benchmarks.effort import CLIENTS
from benchmarks.load import Address
from benchmarks.statements.operations import PREPARE, SCRIPTS

FIRST_ID = 1_000_000_000
# Of a client: every other hour, each with the next therapist.
EACH = 300
RUNS = 150  # of each of pgbench's connections in a round
KEY = "sent-again"
VALUES = {
    "n": 0,
    "first_id": FIRST_ID,
    "first_client": FIRST_CLIENT,
    "each": EACH,
    "area": int(cases.AREA.timestamp()),
}


@dataclass
class Operation:
    """Requests to both servers, and the floor's statement as pgbench runs it."""

    name: str
    ready: Callable[[psycopg.Connection], None]
    requests: Callable[[float], list[list[bytes]]]
    script: str
    status: int
    runs: int | None  # so often by each connection, or as long as a round takes


def everything(tokens: list[str], ours: Address) -> list[Operation]:
    again = [_again(token, client) for client, token in enumerate(tokens[:CLIENTS])]
    return [
        Operation("take", available, _each(tokens, _take), SCRIPTS["take"], 200, RUNS),
        Operation("move", booked, _each(tokens, _move), SCRIPTS["move"], 200, RUNS),
        Operation(
            "cancel", booked, _each(tokens, _cancel), SCRIPTS["cancel"], 200, RUNS
        ),
        Operation(
            "replay",
            lambda connection: _answered_once(connection, ours, again),
            lambda seconds: [[request] * int(2_000 * seconds) for request in again],
            SCRIPTS["replay"],
            201,
            None,
        ),
    ]


def trials(operations: list[Operation], tokens: list[str]) -> list[Trial]:
    """The second of two who take one finds it gone; what was moved is moved back."""
    take, move, cancel, replay = operations
    return [
        Trial("take", take.ready, [_take(tokens[n], 0, 0) for n in (0, 1)]),
        Trial("move", move.ready, move.requests(1)[0][:2]),
        Trial("cancel", cancel.ready, cancel.requests(1)[0][:1]),
        Trial("replay", replay.ready, replay.requests(1)[0][:2]),
    ]


def racing(tokens: list[str], race: int) -> list[list[bytes]]:
    """The same available appointment for all."""
    return [[_take(token, 0, race)] for token in tokens[CLIENTS:]]


def available(connection: psycopg.Connection) -> None:
    _filled(connection, "available")


def booked(connection: psycopg.Connection) -> None:
    _filled(connection, "booked")


def _filled(connection, status):
    cases.remove(connection)
    values = VALUES | {
        "status": status,
        "therapists": THERAPISTS // CLIENTS,
        "clients": CLIENTS,
    }
    connection.execute(PREPARE, values)
    cases.settle(connection)


def _answered_once(connection, ours, requests):
    cases.clean(connection)
    for request in requests:
        load.ask(ours, request)
    connection.execute("ANALYZE booking_idempotentresponse")


def _each(tokens, make):
    """A different appointment each time; of a client, only their own."""

    def requests(seconds):
        return [
            [make(token, client, n) for n in range(min(EACH, int(1_000 * seconds)))]
            for client, token in enumerate(tokens[:CLIENTS])
        ]

    return requests


def _take(token, client, n):
    return _post(f"{FIRST_ID + client * EACH + n}/book", token)


def _move(token, client, n):
    """To the free hour behind it, and with the next request back."""
    n, is_back = divmod(n, 2)
    start = cases.AREA + timedelta(hours=2 * n + 1 - is_back)
    sent = {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
    return _post(f"{FIRST_ID + client * EACH + n}/move", token, sent)


def _cancel(token, client, n):
    return _post(f"{FIRST_ID + client * EACH + n}/cancel", token)


def _post(path, token, sent=()):
    body = json.dumps(dict(sent)).encode()
    return cases.request("POST", f"{cases.ROUTE}/{path}", token, body)


def _again(token, client):
    start = cases.AREA + timedelta(hours=client)
    return cases.adding(token, 1 + client, start, key=KEY)
