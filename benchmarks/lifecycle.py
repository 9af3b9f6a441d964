"""Changes of one appointment: on both servers in turn, and by hand."""

from dataclasses import dataclass

from benchmarks import pgbench, report
from benchmarks.cases import operations as lifecycle_cases
from benchmarks.cases.operations import VALUES, Operation
from benchmarks.effort import RACERS
from benchmarks.run import Run


@dataclass
class Measured:
    case: report.Case
    by_hand: float  # milliseconds of PostgreSQL's CPU for one run of the statement


class Lifecycle:
    def __init__(self, run: Run):
        self.run = run
        self.tokens = run.requests.tokens

    def everything(self) -> int:
        """Run and report all cases; return 1 if a server answered wrongly."""
        run = self.run
        operations = lifecycle_cases.everything(self.tokens, run.servers[0].address)
        trials = lifecycle_cases.trials(operations, self.tokens)
        different = run.differences(trials)
        measured = [self.measure(operation) for operation in operations]
        racing = run.races(
            f"{RACERS} take one",
            lambda race: lifecycle_cases.racing(self.tokens, race),
            200,
            # Gone at first sight, or taken between looking and taking.
            {404, 409},
            lifecycle_cases.available,
        )
        print(report.lifecycle_targets(measured, racing))
        wrong = run.wrong([*(one.case for one in measured), racing])
        return 1 if wrong or different else 0

    def measure(self, operation: Operation) -> Measured:
        run = self.run
        case = run.timed(
            operation.name, operation.requests, operation.status, operation.ready
        )
        count, seconds = 0, 0.0
        for _ in range(run.effort.rounds // 2):
            operation.ready(run.connection)
            runs, cpu = pgbench.run(
                operation.script,
                VALUES,
                run.effort.seconds,
                operation.runs,
                run.postmaster,
            )
            count, seconds = count + runs, seconds + cpu
        measured = Measured(case, 1000 * seconds / count)
        print(report.by_hand(measured.by_hand, count), flush=True)
        return measured
