"""Booking, moving and cancelling an appointment, and a repeated request.

The clients get appointments with known ids before each round.
"""

from datetime import timedelta

from benchmarks import report
from benchmarks.case import Case, Race
from benchmarks.cases import requests
from benchmarks.dataset import FIRST_CLIENT, FREE_FROM, prepare
from benchmarks.dataset.prepare import APPOINTMENTS_PER_CLIENT, FIRST_ID
from benchmarks.effort import CLIENTS, RACERS
from benchmarks.equality import Trial
from benchmarks.floor.book import BOOK
from benchmarks.floor.cancel import CANCEL
from benchmarks.floor.move import MOVE
from benchmarks.floor.replay import REPLAY
from benchmarks.load import send_one
from benchmarks.pgbench import Script
from benchmarks.run import Run, report_wrong
from benchmarks.statements import operations as counting

RUNS = 150  # of each of pgbench's connections in a round
KEY = "sent-again"
VARIABLES = {
    "n": 0,
    "first_id": FIRST_ID,
    "first_client": FIRST_CLIENT,
    "each": APPOINTMENTS_PER_CLIENT,
    "free_from": int(FREE_FROM.timestamp()),
}


def measure(run: Run) -> bool:
    tokens = run.tokens
    cases = [_book_case(tokens), _move_case(tokens), _cancel_case(tokens)]
    cases.append(_replay_case(tokens, run.ours.address))
    race = Race(
        f"{RACERS} book one",
        200,
        # Booked before this request looks, or between its look and its change.
        {404, 409},
        lambda number: [[_book(token, 0, number)] for token in tokens[CLIENTS:]],
        _prepare_available,
    )
    is_same = run.compare_responses(_create_trials(cases, tokens))
    comparisons = [run.compare_with_floor(case) for case in cases]
    racing = run.compare_races(race)
    print(report.format_operation_targets(comparisons, racing))
    return report_wrong([*comparisons, racing]) and is_same


def _book_case(tokens):
    script = _create_script(BOOK, counting.NEXT_APPOINTMENT)
    return Case("book", 200, _repeat(tokens, _book), _prepare_available, script)


def _move_case(tokens):
    script = _create_script(MOVE, counting.NEXT_MOVE)
    return Case("move", 200, _repeat(tokens, _move), _prepare_booked, script)


def _cancel_case(tokens):
    script = _create_script(CANCEL, counting.NEXT_APPOINTMENT)
    return Case("cancel", 200, _repeat(tokens, _cancel), _prepare_booked, script)


def _replay_case(tokens, ours):
    """The service responds to each client's request once, before each round."""
    repeated = [
        requests.add(token, 1 + client, FREE_FROM + timedelta(hours=client), KEY)
        for client, token in enumerate(tokens[:CLIENTS])
    ]

    def prepare_responses(connection):
        prepare.reset(connection)
        for request in repeated:
            send_one(ours, request)
        connection.execute("ANALYZE booking_idempotentresponse")

    return Case(
        "replay",
        201,
        lambda seconds: [[request] * int(2_000 * seconds) for request in repeated],
        prepare_responses,
        _create_script(REPLAY, counting.CLIENT, runs=None),
    )


def _create_script(statement, setup, runs=RUNS):
    return Script(statement, VARIABLES, setup, counting.EXPRESSIONS, runs)


def _create_trials(cases, tokens):
    """The second client finds the appointment booked; a moved one is moved back."""
    book, move, cancel, replay = cases
    both_book = [_book(token, 0, 0) for token in tokens[:2]]
    return [
        Trial("book", both_book, book.prepare),
        Trial("move", move.build_requests(1)[0][:2], move.prepare),
        Trial("cancel", cancel.build_requests(1)[0][:1], cancel.prepare),
        Trial("replay", replay.build_requests(1)[0][:2], replay.prepare),
    ]


def _prepare_available(connection):
    prepare.add_appointments(connection, "available")


def _prepare_booked(connection):
    prepare.add_appointments(connection, "booked")


def _repeat(tokens, build_request):
    """Another of the client's own appointments each time."""

    def build_requests(seconds):
        count = min(APPOINTMENTS_PER_CLIENT, int(1_000 * seconds))
        return [
            [build_request(token, client, n) for n in range(count)]
            for client, token in enumerate(tokens[:CLIENTS])
        ]

    return build_requests


def _book(token, client, n):
    return _post(token, client, n, "book")


def _move(token, client, n):
    """To the free hour behind it, and with the next request back."""
    n, is_back = divmod(n, 2)
    start = FREE_FROM + timedelta(hours=2 * n + 1 - is_back)
    return _post(token, client, n, "move", start=requests.format_moment(start))


def _cancel(token, client, n):
    return _post(token, client, n, "cancel")


def _post(token, client, n, operation, **payload):
    id = FIRST_ID + client * APPOINTMENTS_PER_CLIENT + n
    return requests.post(f"{requests.APPOINTMENTS}/{id}/{operation}", token, payload)
