"""Weekly series, in turn with the booking of one slot and beside a statement by hand."""

import json

from benchmarks import report
from benchmarks.case import Case
from benchmarks.cases import requests, slot_booking
from benchmarks.cases.slot_booking import (
    THERAPISTS_PER_CLIENT,
    get_start,
    get_therapist,
)
from benchmarks.dataset import FIRST_CLIENT, prepare
from benchmarks.effort import CLIENTS
from benchmarks.equality import fetch_history
from benchmarks.load import send_one
from benchmarks.pgbench import Script
from benchmarks.run import Run, report_differences, report_wrong
from benchmarks.statements.series import BOOK_SERIES, SETUP

SERIES = "/api/v1/series"
HORIZON_DAYS = 730  # the last of 52 dates is a year after the first
SERIES_PER_CLIENT = 40  # hours of a week
CLIENTS_PER_CONNECTION = 8
RUNS = 12  # of each of pgbench's connections in a round
THERAPIST = ("id", "name", "specialisms", "time_zone")


def measure(run: Run) -> bool:
    prepare.set_booking_mode(run.connection, "working_hours", HORIZON_DAYS)
    cases = [_create_case(run.tokens, count) for count in (12, 52)]
    differences = [_find_difference(case, run) for case in cases]
    is_same = report_differences(
        list(filter(None, differences)), "The statements book the same series."
    )
    booking = slot_booking.create_case(run.tokens)
    comparisons = run.compare_with_statements(booking, *cases)
    print(report.format_series_targets(*comparisons))
    return report_wrong(comparisons) and is_same


def _create_case(tokens, count):
    all_requests = [
        [
            _book_series(tokens[client + CLIENTS * j], client, j, s, count)
            for j in range(CLIENTS_PER_CONNECTION)
            for s in range(SERIES_PER_CLIENT)
        ]
        for client in range(CLIENTS)
    ]
    variables = {
        "n": 0,
        "first_client": FIRST_CLIENT,
        "connections": CLIENTS,
        "each": THERAPISTS_PER_CLIENT,
        "monday": int(slot_booking.MONDAY.timestamp()),
        "count": count,
    }
    script = Script(BOOK_SERIES, variables, SETUP, runs=RUNS)
    return Case(f"series of {count}", 201, lambda _: all_requests, script=script)


def _book_series(token, connection, j, s, count):
    """Series number s of the connection's client number j, as the script counts them."""
    payload = {
        "therapist_id": get_therapist(connection, s + 3 * j),
        "type": "one-off",
        "start": requests.format_moment(get_start(*divmod(s, 8))),
        "duration": 60,
        "every_weeks": 1,
        "count": count,
    }
    return requests.post(SERIES, token, payload)


def _find_difference(case, run):
    """Compare what the service and the statement book, and the history of it."""
    prepare.reset(run.connection)
    status, body = send_one(run.ours.address, case.build_requests(1)[0][0])
    response, history = json.loads(body), fetch_history(run.connection)
    prepare.reset(run.connection)
    rows = case.script.fetch_all(
        run.connection,
        user=FIRST_CLIENT,
        therapist=get_therapist(0, 0),
        at=int(get_start(0, 0).timestamp()),
    )
    by_hand = _build_series(rows)
    ours = {name: response.get(name) for name in by_hand}
    for date in ours["dates"] or []:
        date.pop("appointment_id")
    expected = (201, by_hand, fetch_history(run.connection))
    if (status, ours, history) == expected:
        return ""
    return f"{case.name}: {(status, ours, history)} and {expected}"


def _build_series(rows):
    first, *_ = rows
    return {
        "therapist": dict(zip(THERAPIST, first[4:8], strict=True)),
        "client": dict(zip(("id", "name", "email", "phone"), first[8:12], strict=True)),
        "dates": [_build_date(*row[:3]) for row in rows],
    }


def _build_date(occurrence, status, start):
    return {
        "occurrence": occurrence,
        "start": start,
        "status": status,
        "errors": [],
        "is_exception": False,
        "nearest": None,
    }
