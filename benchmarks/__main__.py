"""Measure the service and the floor in turn, case by case, and compare them."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks import database, servers
from benchmarks.effort import FULL, QUICK


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="less data and less time: two minutes"
    )
    parser.add_argument(
        "--port", type=int, default=8120, help="the first of three to serve on"
    )
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL
    with (
        database.prepare(effort.database, effort.appointments) as connection,
        servers.serving(
            "example", servers.OURS, options.port + 2, DATABASE_URL=database.example()
        ) as example,
        servers.serving("ours", servers.OURS, options.port) as ours,
        servers.serving("floor", servers.FLOOR, options.port + 1) as floor,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as clients,
    ):
        # Models can be imported only now that Django is set up.
        from benchmarks.cases.series import Series
        from benchmarks.lifecycle import Lifecycle
        from benchmarks.run import Run
        from benchmarks.searches import Searches

        print(effort, flush=True)
        run = Run(effort, connection, clients, ours, floor)
        searches = Searches(run, example)
        return max(
            [
                run.everything(),
                Lifecycle(run).everything(),
                searches.everything(),
                Series(searches).everything(),
            ]
        )


if __name__ == "__main__":
    sys.exit(main())
