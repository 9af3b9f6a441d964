"""Weekly series, beside the booking of one slot and in turn with statements by hand."""

import json
from datetime import timedelta

import psycopg

from benchmarks import load, report
from benchmarks.cases import appointments as cases
from benchmarks.cases import search as search_cases
from benchmarks.cases.search import EACH, MONDAY, UTC_THERAPISTS, Asked
from benchmarks.dataset import fill as dataset
from benchmarks.effort import CLIENTS
from benchmarks.searches import Searches
from benchmarks.statements.series import BOOK

ROUTE = "/api/v1/series"
HORIZON_DAYS = 730  # the last of 52 dates is a year after the first
HOURS = 40  # of a week
EACH_ONE = 8  # so many clients take turns on one connection
RUNS = 12  # of each of pgbench's connections in a round


class Series:
    def __init__(self, searches: Searches):
        self.searches, self.run = searches, searches.run

    def everything(self) -> int:
        """Run and report all cases; return 1 if something was answered wrongly."""
        run = self.run
        cases.bind(run.connection, "working_hours", HORIZON_DAYS)
        several = [_series(run.requests.tokens, count) for count in (12, 52)]
        different = [
            _difference(run.servers[0], asked, run.connection) for asked in several
        ]
        wrong = list(filter(None, different))
        print(
            *wrong or ["\nThe statements book the same series."], sep="\n", flush=True
        )
        booking = search_cases.booking(run.requests.tokens)
        compared = self.searches.compare(booking, *several)
        print(report.series_targets(*compared))
        wrong += [one.asked.name for one in compared if one.wrong]
        return 1 if wrong else 0


def _series(tokens, count):
    requests = [
        [
            _wish(tokens[client + CLIENTS * j], client, j, s, count)
            for j in range(EACH_ONE)
            for s in range(HOURS)
        ]
        for client in range(CLIENTS)
    ]
    values = {
        "n": 0,
        "first_client": dataset.FIRST_CLIENT,
        "connections": CLIENTS,
        "each": EACH,
        "monday": int(MONDAY.timestamp()),
        "count": count,
    }
    return Asked(f"series of {count}", lambda _: requests, BOOK, values, 201, RUNS)


def _wish(token, client, j, s, count):
    """As the script counts them."""
    day, hour = divmod(s, 8)
    start = MONDAY + timedelta(days=day, hours=8 + hour + hour // 4)
    wish = {
        "therapist_id": UTC_THERAPISTS[client * EACH + (s + 3 * j) % EACH],
        "type": "one-off",
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "duration": 60,
        "every_weeks": 1,
        "count": count,
    }
    return cases.request("POST", ROUTE, token, json.dumps(wish).encode())


def _difference(server, asked: Asked, connection: psycopg.Connection) -> str:
    """Compare what the service and the statement book; name what is different."""
    cases.clean(connection)
    status, body = load.ask(server.address, asked.requests(1)[0][0])
    ours = json.loads(body)
    kept = connection.execute(cases.KEPT).fetchall()
    cases.clean(connection)
    first = {
        "client": dataset.FIRST_CLIENT,
        "therapist": UTC_THERAPISTS[0],
        "at": int((MONDAY + timedelta(hours=8)).timestamp()),
    }
    rows = connection.execute(
        asked.statement(), search_cases.by_hand(first | asked.values)
    ).fetchall()
    kept_by_hand = connection.execute(cases.KEPT).fetchall()
    theirs = _shown(rows)
    ours = {name: ours.get(name) for name in theirs}
    for date in ours["dates"] or []:
        date.pop("appointment_id")
    if (status, ours, kept) == (201, theirs, kept_by_hand):
        return ""
    return f"{asked.name}: {status} {ours} {kept} and {theirs} {kept_by_hand}"


def _shown(rows):
    return {
        "therapist": dict(
            zip(("id", "name", "specialisms"), rows[0][5:8], strict=True)
        ),
        "client": dict(zip(("id", "name", "email"), rows[0][8:11], strict=True)),
        "dates": [
            {
                "occurrence": occurrence,
                "start": start,
                "status": status,
                "errors": [],
                "is_exception": False,
                "nearest": None,
            }
            for occurrence, _, status, start, *_ in rows
        ],
    }
