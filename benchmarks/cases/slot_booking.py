"""The booking of slots, beside a statement by hand.

Each client books with therapists of their own, whose clocks show UTC, so that slots can
be computed by counting.
"""

import json
from datetime import datetime, timedelta

import psycopg

from benchmarks.case import Case
from benchmarks.cases import requests
from benchmarks.dataset import FIRST_CLIENT, FREE_FROM, THERAPISTS, prepare
from benchmarks.effort import CLIENTS
from benchmarks.floor.sql import build_appointment
from benchmarks.load import send_one
from benchmarks.pgbench import Script
from benchmarks.servers import Server
from benchmarks.statements.slot_booking import BOOK_SLOT, SETUP

UTC_THERAPISTS = range(5, THERAPISTS, 5)
THERAPISTS_PER_CLIENT = len(UTC_THERAPISTS) // CLIENTS
HOURS_PER_DAY = 8
SLOTS_PER_CLIENT = 20 * 5 * HOURS_PER_DAY  # weeks, days, hours
MONDAY = FREE_FROM + timedelta(days=7 - FREE_FROM.weekday())
RUNS = 400  # of each of pgbench's connections in a round
NEW = dict.fromkeys(("id", "created_at", "updated_at"))


def create_case(tokens: list[str]) -> Case:
    all_requests = [
        [_book(token, client, n) for n in range(1, SLOTS_PER_CLIENT)]
        for client, token in enumerate(tokens[:CLIENTS])
    ]
    variables = {
        "n": 0,
        "first_client": FIRST_CLIENT,
        "each": THERAPISTS_PER_CLIENT,
        "monday": int(MONDAY.timestamp()),
    }
    script = Script(BOOK_SLOT, variables, SETUP, runs=RUNS)
    return Case("e: book a slot", 201, lambda _: all_requests, script=script)


def get_therapist(client: int, n: int) -> int:
    """Return the client's therapist number n, as the scripts count them."""
    return UTC_THERAPISTS[client * THERAPISTS_PER_CLIENT + n % THERAPISTS_PER_CLIENT]


def get_start(day: int, hour: int) -> datetime:
    """Return the start of a weekday's hour: after four hours comes one of lunch."""
    days = day // 5 * 7 + day % 5
    return MONDAY + timedelta(days=days, hours=8 + hour + hour // 4)


def find_difference(case: Case, server: Server, connection: psycopg.Connection) -> str:
    """Compare the first appointment of the service with the statement's."""
    prepare.reset(connection)
    _, body = send_one(server.address, case.build_requests(1)[0][0])
    ours = json.loads(body) | NEW
    prepare.reset(connection)
    [row] = case.script.fetch_all(
        connection,
        user=FIRST_CLIENT,
        therapist=get_therapist(0, 1),
        at=int(get_start(0, 1).timestamp()),
    )
    prepare.reset(connection)
    by_hand = build_appointment(row) | NEW
    return "" if ours == by_hand else f"{case.name}: {ours} and {by_hand}"


def _book(token, client, n):
    day, hour = divmod(n, HOURS_PER_DAY)
    return requests.add(token, get_therapist(client, n), get_start(day, hour))
