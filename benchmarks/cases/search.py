"""The search for slots and the booking of one, beside statements by hand."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from benchmarks import report
from benchmarks.case import Case
from benchmarks.cases import requests, slot_booking
from benchmarks.dataset import RARE_SPECIALISM, prepare
from benchmarks.effort import CLIENTS
from benchmarks.figures import Figures
from benchmarks.load import send_one
from benchmarks.pgbench import Script
from benchmarks.run import WARM_UP, Run, report_differences, report_wrong
from benchmarks.servers import Server
from benchmarks.statements import search as statements

PAGE = 50
THERAPIST = 11
FULL_THERAPIST = 22
SMALL_PRACTICE_DAYS = 31
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def measure(run: Run, small_practice: Server) -> bool:
    prepare.set_booking_mode(run.connection, "working_hours")
    prepare.fill_therapist(run.connection, FULL_THERAPIST, TODAY)
    searches, booking = _create_searches(), slot_booking.create_case(run.tokens)
    differences = [_find_difference(case, run) for case in searches]
    differences.append(slot_booking.find_difference(booking, run.ours, run.connection))
    is_same = report_differences(
        list(filter(None, differences)), "The statements find the same."
    )
    comparisons = [
        comparison
        for case in [*searches, booking]
        for comparison in run.compare_with_statements(case)
    ]
    comparisons += run.compare_with_statements(_create_month())
    median = _measure_median(run, small_practice)
    print(report.format_search_targets(comparisons, median))
    return report_wrong(comparisons) and is_same


def _create_searches():
    one = {"therapist_id": THERAPIST}
    rare = {"specialisms": RARE_SPECIALISM}
    return [
        _search("a: one therapist", 28, one, statements.THERAPIST),
        _search("b: 50 therapists", 14, rare, statements.SPECIALISTS),
        _search("c: all therapists", 28, {}, statements.ALL_THERAPISTS),
        _next_slot(),
    ]


def _search(name, days, filters, therapists):
    first = TODAY + timedelta(days=1)
    path = _slots_path(first, days, filters)
    variables = _create_variables(first, days, PAGE + 1, THERAPIST)
    return _create_case(name, path, therapists, variables)


def _create_month():
    """The days of a month on which each of 50 therapists has a slot."""
    first = TODAY + timedelta(days=1)
    query = {"specialisms": RARE_SPECIALISM, "per_day": "first", "page_size": 200}
    request = requests.get(_slots_path(first, 31, query))
    return Case(
        "e: a month of 50 therapists, by day",
        200,
        lambda seconds: [[request] * int(2_000 * seconds)] * CLIENTS,
    )


def _next_slot():
    path = f"/api/v1/therapists/{FULL_THERAPIST}/next_slot?type=one-off"
    variables = _create_variables(TODAY, 366, 1, FULL_THERAPIST)
    return _create_case("d: next slot", path, statements.THERAPIST, variables)


def _slots_path(first, days, filters):
    last = first + timedelta(days=days - 1)
    query = {"start": first.date(), "end": last.date(), "type": "one-off"} | filters
    return f"/api/v1/slots?{urlencode(query)}"


def _create_variables(first, days, limit, therapist):
    return {
        "since": first.date(),
        "until": (first + timedelta(days=days)).date(),
        "limit": limit,
        "therapist": therapist,
        "specialism": RARE_SPECIALISM.lower(),
    }


def _create_case(name, path, therapists, variables):
    request = requests.get(path)
    return Case(
        name,
        200,
        lambda seconds: [[request] * int(2_000 * seconds)] * CLIENTS,
        script=Script(therapists + statements.SEARCH, variables),
    )


def _find_difference(case, run):
    """Compare the slots of the service and of the statement."""
    prepare.reset(run.connection)
    _, body = send_one(run.ours.address, case.build_requests(1)[0][0])
    response = json.loads(body)
    ours = response.get("results", [response])
    rows = case.script.fetch_all(run.connection)
    by_hand = [_build_slot(row) for row in rows[:PAGE]]
    return "" if ours == by_hand else f"{case.name}: {ours} and {by_hand}"


def _build_slot(row):
    start, end, duration, appointment_id, *therapist, type = row
    names = ("id", "name", "time_zone", "specialisms")
    return {
        "start": start,
        "end": end,
        "duration": duration,
        "appointment_id": appointment_id,
        "therapist": dict(zip(names, therapist, strict=True)),
        "type": type,
    }


def _measure_median(run, small_practice):
    """Return the median latency of a search through the whole practice.

    One client sends one request after the other.
    """
    path = _slots_path(TODAY + timedelta(days=1), SMALL_PRACTICE_DAYS, {})
    one_client = [[requests.get(path)] * 300]
    figures = Figures()
    run.send(small_practice, Figures(), one_client, WARM_UP)
    run.send(small_practice, figures, one_client, run.effort.seconds)
    return figures.percentile(50)
