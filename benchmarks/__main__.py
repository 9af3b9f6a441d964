"""Measure the service beside a bare server and beside SQL written by hand."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks import database
from benchmarks.effort import FULL, QUICK
from benchmarks.servers import FLOOR, OURS, run_server


def main() -> int:
    options = _parse_options()
    effort = QUICK if options.quick else FULL
    port = options.port
    with (
        database.prepare(effort.database, effort.appointments) as connection,
        run_server(
            "small practice",
            OURS,
            port + 2,
            DATABASE_URL=database.prepare_small_practice(),
        ) as small_practice,
        run_server("ours", OURS, port) as ours,
        run_server("floor", FLOOR, port + 1) as floor,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as clients,
    ):
        # These import models, which is possible only now that Django is set up.
        from benchmarks.cases import list_and_add, operations, reads, search, series
        from benchmarks.run import Run

        print(effort, flush=True)
        run = Run(effort, connection, clients, ours, floor)
        results = [
            list_and_add.measure(run),
            reads.measure(run),
            operations.measure(run),
            search.measure(run, small_practice),
            series.measure(run),
        ]
    return 0 if all(results) else 1


def _parse_options():
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="less data and less time: three minutes"
    )
    parser.add_argument(
        "--port", type=int, default=8120, help="the first of three to serve on"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
