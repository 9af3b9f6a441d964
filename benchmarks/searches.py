"""The searches and the booking of a slot, in turn with statements by hand."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from benchmarks import pgbench, report
from benchmarks.cases import appointments as cases
from benchmarks.cases import search as search_cases
from benchmarks.cases.search import Asked
from benchmarks.report import Figures
from benchmarks.run import WARM_UP, Run
from benchmarks.servers import Server

EXAMPLE_DAYS = 31


@dataclass
class Compared:
    asked: Asked
    ours: Figures = field(default_factory=Figures)
    runs: int = 0  # of the statement
    seconds: float = 0.0  # of PostgreSQL's CPU

    @property
    def wrong(self) -> int:
        return sum(s != self.asked.status for s in self.ours.answers.statuses)

    @property
    def statement(self) -> float:
        """Milliseconds of PostgreSQL's CPU for one run of the statement."""
        return 1000 * self.seconds / self.runs

    @property
    def postgres(self) -> float:
        return 1000 * self.ours.postgres / len(self.ours.answers.statuses)


class Searches:
    def __init__(self, run: Run, example: Server):
        self.run, self.example = run, example
        self.server = run.servers[0]

    def everything(self) -> int:
        """Run and report all cases; return 1 if something was answered wrongly."""
        connection = self.run.connection
        cases.bind(connection, "working_hours")
        search_cases.prepare(connection)
        all_asked = search_cases.everything(self.run.requests.tokens)
        different = [
            search_cases.difference(self.server, a, connection) for a in all_asked
        ]
        wrong = list(filter(None, different))
        print(*wrong or ["\nThe statements find the same."], sep="\n", flush=True)
        compared = [one for a in all_asked for one in self.compare(a)]
        median = self.median_of_example()
        print(report.search_targets(compared, median))
        wrong += [c.asked.name for c in compared if c.wrong]
        return 1 if wrong else 0

    def compare(self, *several: Asked) -> list[Compared]:
        """Ask for each in turn with its statement; of several, in rounds of all."""
        compared = [Compared(asked) for asked in several]
        for asked in several:
            cases.clean(self.run.connection)
            self.run.send(self.server, Figures(), asked.requests(WARM_UP), WARM_UP)
        for _ in range(self.run.effort.rounds // 2):
            for one in compared:
                self.round(one)
        cases.clean(self.run.connection)
        print(*map(report.compared, compared), sep="\n", flush=True)
        return compared

    def round(self, one: Compared) -> None:
        asked, seconds = one.asked, self.run.effort.seconds
        cases.clean(self.run.connection)
        self.run.send(self.server, one.ours, asked.requests(seconds), seconds)
        cases.clean(self.run.connection)
        runs, cpu = pgbench.run(
            asked.script, asked.values, seconds, asked.each, self.run.postmaster
        )
        one.runs += runs
        one.seconds += cpu

    def median_of_example(self) -> float:
        """The latency, one request after the other, over a whole small practice."""
        first = search_cases.today() + timedelta(days=1)
        last = first + timedelta(days=EXAMPLE_DAYS - 1)
        query = {"start": first.date(), "end": last.date(), "type": "one-off"}
        path = f"/api/v1/slots?{urlencode(query)}"
        requests = [[cases.request("GET", path)] * 300]
        figures = Figures()
        self.run.send(self.example, Figures(), requests, WARM_UP)
        self.run.send(self.example, figures, requests, self.run.effort.seconds)
        return figures.percentile(50)
