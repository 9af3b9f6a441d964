"""The list, adding an appointment, and a race for one slot, beside the floor."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from benchmarks import report
from benchmarks.case import Case, Race, Requests
from benchmarks.cases import requests
from benchmarks.dataset import FREE_FROM, prepare
from benchmarks.dataset.prepare import THERAPISTS_PER_CLIENT
from benchmarks.effort import CLIENTS, RACERS
from benchmarks.equality import Trial
from benchmarks.run import Run, report_wrong

ADDITIONS = 3_900  # hours from FREE_FROM to the horizon, at most
EACH = 50  # appointments that a client adds, which is less than MAX_UPCOMING


def measure(run: Run) -> bool:
    prepare.set_booking_mode(run.connection, "any_time")
    tokens = run.tokens[:CLIENTS]
    list_case = Case(
        "list of 50", 200, lambda seconds: list_all(tokens, seconds, list_one)
    )
    add_case = Case("add", 201, lambda seconds: _add_all(run.tokens, seconds))
    race = Race(f"{RACERS} for one slot", 201, {409}, lambda n: _race(run.tokens, n))
    is_same = run.compare_responses(
        [
            Trial("list", [list_one(tokens[0])]),
            Trial("add, and add again", [_add(tokens[0], 1, 0)] * 2),
        ]
    )
    if run.postmaster is None:
        print("PostgreSQL runs on another machine: its CPU is not counted.")
    listing = run.compare_with_floor(list_case)
    adding = run.compare_with_floor(add_case)
    racing = run.compare_races(race)
    ours, floor = run.memory[run.ours.name], run.memory[run.floor.name]
    print(report.format_memory(ours, floor))
    print(report.format_targets(listing, adding, racing, ours))
    return report_wrong([listing, adding, racing]) and is_same


def list_all(tokens: list[str], seconds: float, list_one: Callable) -> Requests:
    """Build the same request for each token, as often as fits into so many seconds."""
    return [[list_one(token)] * int(2_000 * seconds) for token in tokens]


def list_one(token: str) -> bytes:
    """One week of one type, of therapists with one of two specialisms."""
    monday = FREE_FROM - timedelta(days=180)
    query = {
        "start": f"{monday:%Y-%m-%d}",
        "end": f"{monday + timedelta(days=6):%Y-%m-%d}",
        "specialisms": "Specialism 3,Specialism 8",
        "type": "one-off",
    }
    return requests.get(f"{requests.APPOINTMENTS}?{urlencode(query)}", token)


def _add_all(tokens, seconds):
    """Every hour of each connection, with one of its therapists after the other.

    Each connection sends for many clients, so that none has more ahead than clients may.
    """
    hours = range(min(ADDITIONS, int(1_000 * seconds)))
    return [
        [
            _add(
                tokens[(connection + CLIENTS * (hour // EACH)) % len(tokens)],
                1 + connection * THERAPISTS_PER_CLIENT + hour % THERAPISTS_PER_CLIENT,
                hour,
            )
            for hour in hours
        ]
        for connection in range(CLIENTS)
    ]


def _race(tokens, number):
    """The same slot for all."""
    return [[_add(token, 1 + number, number)] for token in tokens[CLIENTS:]]


def _add(token, therapist, hour):
    return requests.add(token, therapist, FREE_FROM + timedelta(hours=hour))
