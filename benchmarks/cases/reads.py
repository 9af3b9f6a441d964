"""The list as staff read it, each page kept in the log of reads, beside clients'."""

from benchmarks import dataset, report
from benchmarks.case import Case
from benchmarks.cases import list_and_add, requests
from benchmarks.effort import CLIENTS
from benchmarks.pgbench import Script
from benchmarks.run import Run, report_wrong
from benchmarks.statements.reads import LOG_READS

VARIABLES = {"staff": dataset.STAFF, "first_client": dataset.FIRST_CLIENT}


def measure(run: Run) -> bool:
    staff = [requests.create_token(dataset.STAFF)] * CLIENTS
    comparisons = run.compare_with_statements(
        _create_case("list of a client", run.tokens[:CLIENTS]),
        _create_case("list of staff", staff, Script(LOG_READS, VARIABLES)),
        _create_case("mine=true", run.tokens[:CLIENTS], list_one=_list_mine),
    )
    print(report.format_reads(*comparisons))
    return report_wrong(comparisons)


def _create_case(name, tokens, script=None, list_one=list_and_add.list_one):
    def build_requests(seconds):
        return list_and_add.list_all(tokens, seconds, list_one)

    return Case(name, 200, build_requests, script=script)


def _list_mine(token):
    return requests.get(f"{requests.APPOINTMENTS}?mine=true&ordering=-start", token)
