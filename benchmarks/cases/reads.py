"""The list as staff read it, each page kept in the log of reads, beside a client's."""

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
    )
    print(report.format_reads(*comparisons))
    return report_wrong(comparisons)


def _create_case(name, tokens, script=None):
    return Case(
        name, 200, lambda seconds: list_and_add.list_all(tokens, seconds), script=script
    )
