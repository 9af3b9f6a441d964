"""One run: every case on both servers in turn."""

from collections.abc import Callable
from concurrent.futures import Executor

import psycopg

from benchmarks import load, measuring, report
from benchmarks.cases import appointments as cases
from benchmarks.cases.appointments import Trial
from benchmarks.effort import RACERS, Effort
from benchmarks.load import Answers
from benchmarks.report import Figures
from benchmarks.servers import Server

WARM_UP = 1.0  # seconds; every connection prepares its statements


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
        self.servers = ours, floor
        self.requests = cases.Requests()
        self.postmaster = measuring.postmaster(connection.info.backend_pid)
        self.memory = {server.name: measuring.Memory(0, 0) for server in self.servers}

    def everything(self) -> int:
        """Run and report all cases; return 1 if a server answered wrongly."""
        cases.bind(self.connection, "any_time")
        different = self.differences(cases.trials(self.requests))
        if self.postmaster is None:
            print("PostgreSQL runs on another machine: its CPU is not counted.")
        listing = self.timed("list of 50", self.requests.listing, 200)
        adding = self.timed("add", self.requests.adding, 201)
        racing = self.races(f"{RACERS} for one slot", self.requests.racing, 201, {409})
        ours, floor = (self.memory[server.name] for server in self.servers)
        print(report.memory(ours, floor))
        print(report.targets(listing, adding, racing, ours))
        return 1 if self.wrong([listing, adding, racing]) or different else 0

    def differences(self, trials: list[Trial]) -> list[str]:
        different = cases.differences(self.servers, trials, self.connection)
        same = ", ".join(trial.name for trial in trials)
        said = different or [f"\nBoth give the same answers: {same}."]
        print(*said, sep="\n", flush=True)
        return different

    def timed(
        self,
        name: str,
        requests: Callable[[float], list[list[bytes]]],
        status: int,
        ready: Callable[[psycopg.Connection], None] = cases.clean,
    ) -> report.Case:
        pair = [Figures(), Figures()]
        for server in self.servers:
            ready(self.connection)
            self.send(server, Figures(), requests(WARM_UP), WARM_UP)
        seconds = self.effort.seconds
        for _ in range(self.effort.rounds):
            for server, figures in zip(self.servers, pair, strict=True):
                ready(self.connection)
                self.send(server, figures, requests(seconds), seconds)
        cases.clean(self.connection)
        wrong = sum(s != status for figures in pair for s in figures.answers.statuses)
        return self.reported(report.Case(name, *pair, wrong))

    def races(
        self,
        name: str,
        requests: Callable[[int], list[list[bytes]]],
        won: int,
        lost: set[int],
        ready: Callable[[psycopg.Connection], None] = cases.clean,
    ) -> report.Case:
        pair, wrong = [Figures(), Figures()], 0
        for number in range(self.effort.races):
            for server, figures in zip(self.servers, pair, strict=True):
                ready(self.connection)
                answers = self.send(server, figures, requests(number), 60)
                others = {*answers.statuses} - {won}
                wrong += answers.statuses.count(won) != 1 or not others <= lost
        cases.clean(self.connection)
        return self.reported(report.Case(name, *pair, wrong))

    def wrong(self, cases: list[report.Case]) -> list[report.Case]:
        wrong = [case for case in cases if case.wrong]
        print(*(f"{case.name}: {case.wrong} wrong answers" for case in wrong), sep="\n")
        return wrong

    def send(
        self,
        server: Server,
        figures: Figures,
        requests: list[list[bytes]],
        seconds: float,
    ) -> Answers:
        """Load the server, and add what comes of it to the figures."""
        with measuring.spent(server.pid, self.postmaster) as cpu:
            answers = self.clients.submit(
                load.run, server.address, requests, seconds
            ).result()
        figures.add(answers, *cpu)
        used = measuring.memory(server.pid)
        known = self.memory.get(server.name, used)
        self.memory[server.name] = known.larger(used)
        return answers

    def reported(self, case: report.Case) -> report.Case:
        print(report.table(case), flush=True)
        return case
