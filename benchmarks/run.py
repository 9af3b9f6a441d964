"""One run: every case on both servers in turn."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor

import psycopg

from benchmarks import cases, load, measuring, report
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
        different = cases.differences(self.servers, self.requests, self.connection)
        print(*different or ["Both give the same answers."], sep="\n", flush=True)
        if self.postmaster is None:
            print("PostgreSQL runs on another machine: its CPU is not counted.")
        listing = self.timed("list of 50", self.requests.listing, 200)
        adding = self.timed("add", self.requests.adding, 201)
        racing = self.races()
        ours, floor = (self.memory[server.name] for server in self.servers)
        print(report.memory(ours, floor))
        print(report.targets(listing, adding, racing, ours))
        wrong = [case for case in (listing, adding, racing) if case.wrong]
        print(*(f"{case.name}: {case.wrong} wrong answers" for case in wrong), sep="\n")
        return 1 if different or wrong else 0

    def timed(
        self, name: str, requests: Callable[[float], list[list[bytes]]], status: int
    ) -> report.Case:
        pair = [Figures(), Figures()]
        for server in self.servers:
            self.send(server, Figures(), requests(WARM_UP), WARM_UP)
        seconds = self.effort.seconds
        for _ in range(self.effort.rounds):
            for server, figures in zip(self.servers, pair, strict=True):
                cases.clean(self.connection)
                self.send(server, figures, requests(seconds), seconds)
        cases.clean(self.connection)
        wrong = sum(s != status for figures in pair for s in figures.answers.statuses)
        return self.reported(report.Case(name, *pair, wrong))

    def races(self) -> report.Case:
        pair, wrong = [Figures(), Figures()], 0
        for number in range(self.effort.races):
            for server, figures in zip(self.servers, pair, strict=True):
                cases.clean(self.connection)
                answers = self.send(server, figures, self.requests.racing(number), 60)
                counted = Counter(answers.statuses)
                wrong += counted != {201: 1, 409: RACERS - 1}
        cases.clean(self.connection)
        return self.reported(report.Case(f"{RACERS} for one slot", *pair, wrong))

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
