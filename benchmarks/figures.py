"""What was measured: of a server, of a statement by hand, and of a case."""

from dataclasses import dataclass, field

from benchmarks.load import Responses


@dataclass
class Figures:
    """One server in one case. CPU is in seconds, or in milliseconds per request."""

    responses: Responses = field(default_factory=Responses)
    server: float = 0.0
    postgres: float = 0.0

    def add(self, responses: Responses, server: float, postgres: float) -> None:
        self.responses += responses
        self.server += server
        self.postgres += postgres

    def count_other_than(self, status: int) -> int:
        return sum(other != status for other in self.responses.statuses)

    @property
    def per_second(self) -> float:
        return len(self.responses.statuses) / self.responses.elapsed

    @property
    def server_ms(self) -> float:
        return 1000 * self.server / len(self.responses.statuses)

    @property
    def postgres_ms(self) -> float:
        return 1000 * self.postgres / len(self.responses.statuses)

    @property
    def cpu_ms(self) -> float:
        return self.server_ms + self.postgres_ms

    def percentile(self, percent: int) -> float:
        """The latency in milliseconds below which that many requests stay."""
        ordered = sorted(self.responses.latencies)
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


@dataclass
class StatementCost:
    """What a statement by hand cost PostgreSQL, in CPU seconds."""

    runs: int = 0
    seconds: float = 0.0

    def __iadd__(self, other: "StatementCost"):
        self.runs += other.runs
        self.seconds += other.seconds
        return self

    @property
    def ms(self) -> float:
        return 1000 * self.seconds / self.runs


@dataclass
class Comparison:
    """A case of the service, beside the floor, a statement by hand, or both."""

    name: str
    ours: Figures = field(default_factory=Figures)
    floor: Figures = field(default_factory=Figures)
    by_hand: StatementCost = field(default_factory=StatementCost)
    wrong: int = 0  # responses, or races, that did not end as they must

    @property
    def cpu_ratio(self) -> float:
        return self.ours.cpu_ms / self.floor.cpu_ms

    @property
    def p99_ratio(self) -> float:
        return self.ours.percentile(99) / self.floor.percentile(99)

    @property
    def postgres_ratio(self) -> float:
        """PostgreSQL's share of the service's CPU, beside the statement by hand."""
        return self.ours.postgres_ms / self.by_hand.ms
