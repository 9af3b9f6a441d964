"""One run: sends the requests of cases in turn, and collects the figures."""

from concurrent.futures import Executor

import psycopg

from benchmarks import equality, load, measuring, pgbench, report
from benchmarks.case import Case, Race, Requests
from benchmarks.cases.requests import create_tokens
from benchmarks.dataset import prepare
from benchmarks.effort import Effort
from benchmarks.equality import Trial
from benchmarks.figures import Comparison, Figures
from benchmarks.load import Responses
from benchmarks.measuring import Memory
from benchmarks.servers import Server

WARM_UP = 1.0  # seconds, in which every connection prepares its statements
LONGEST_RACE = 60.0  # seconds


class Run:
    def __init__(
        self,
        effort: Effort,
        connection: psycopg.Connection,
        clients: Executor,
        ours: Server,
        floor: Server,
    ):
        self.effort, self.connection, self.clients = effort, connection, clients
        self.ours, self.floor = ours, floor
        self.tokens = create_tokens()
        self.postmaster = measuring.find_postmaster(connection.info.backend_pid)
        self.memory: dict[str, Memory] = {}

    def compare_responses(self, trials: list[Trial]) -> bool:
        """Report whether both servers respond alike, and return it."""
        servers = self.ours, self.floor
        differences = equality.find_differences(servers, trials, self.connection)
        names = ", ".join(trial.name for trial in trials)
        return report_differences(
            differences, f"Both servers give the same responses: {names}."
        )

    def compare_with_floor(self, case: Case) -> Comparison:
        """Measure the service and the floor in turn, then the statement by hand."""
        comparison = Comparison(case.name)
        pairs = [(self.ours, comparison.ours), (self.floor, comparison.floor)]
        for server, _ in pairs:
            self._warm_up(server, case)
        for _ in range(self.effort.rounds):
            for server, figures in pairs:
                self._send_round(server, case, figures)
        if case.script:
            for _ in range(self.effort.rounds // 2):
                self._run_script(case, comparison)
        comparison.wrong += comparison.floor.count_other_than(case.status)
        return self._finish(case, comparison)

    def compare_with_statements(self, *cases: Case) -> list[Comparison]:
        """Measure each case, and its statement by hand, in turn; each round has all."""
        comparisons = [Comparison(case.name) for case in cases]
        for case in cases:
            self._warm_up(self.ours, case)
        for _ in range(self.effort.rounds // 2):
            for case, comparison in zip(cases, comparisons, strict=True):
                self._send_round(self.ours, case, comparison.ours)
                if case.script:
                    self._run_script(case, comparison)
        return [self._finish(*pair) for pair in zip(cases, comparisons, strict=True)]

    def compare_races(self, race: Race) -> Comparison:
        """Run the race on the service and on the floor in turn."""
        comparison = Comparison(race.name)
        pairs = [(self.ours, comparison.ours), (self.floor, comparison.floor)]
        for number in range(self.effort.races):
            for server, figures in pairs:
                race.prepare(self.connection)
                requests = race.build_requests(number)
                responses = self.send(server, figures, requests, LONGEST_RACE)
                statuses = responses.statuses
                won = statuses.count(race.winner) == 1
                lost = {*statuses} <= {race.winner, *race.losers}
                comparison.wrong += not (won and lost)
        prepare.reset(self.connection)
        print(report.format_comparison(comparison), flush=True)
        return comparison

    def send(
        self, server: Server, figures: Figures, requests: Requests, seconds: float
    ) -> Responses:
        """Send the requests to the server, and add to the figures what they cost."""
        with measuring.measure_cpu(server.pid, self.postmaster) as cpu:
            responses = self.clients.submit(
                load.send, server.address, requests, seconds
            ).result()
        figures.add(responses, *cpu)
        memory = measuring.measure_memory(server.pid)
        self.memory[server.name] = memory.peak(self.memory.get(server.name, memory))
        return responses

    def _warm_up(self, server, case):
        case.prepare(self.connection)
        self.send(server, Figures(), case.build_requests(WARM_UP), WARM_UP)

    def _send_round(self, server, case, figures):
        seconds = self.effort.seconds
        case.prepare(self.connection)
        self.send(server, figures, case.build_requests(seconds), seconds)

    def _run_script(self, case, comparison):
        case.prepare(self.connection)
        comparison.by_hand += pgbench.run(
            case.script, self.effort.seconds, self.postmaster
        )

    def _finish(self, case, comparison):
        prepare.reset(self.connection)
        comparison.wrong += comparison.ours.count_other_than(case.status)
        print(report.format_comparison(comparison), flush=True)
        return comparison


def report_differences(differences: list[str], otherwise: str) -> bool:
    """Print the differences or that there are none; return whether there are none."""
    print(*(differences or [f"\n{otherwise}"]), sep="\n", flush=True)
    return not differences


def report_wrong(comparisons: list[Comparison]) -> bool:
    """Print which cases had wrong responses; return whether none had."""
    wrong = [comparison for comparison in comparisons if comparison.wrong]
    for comparison in wrong:
        print(f"{comparison.name}: {comparison.wrong} wrong responses", flush=True)
    return not wrong
