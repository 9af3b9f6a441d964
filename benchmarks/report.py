"""Figures as text, and whether the targets hold."""

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.load import Answers
from benchmarks.measuring import Memory

HEADINGS = ["req/s", "p50 ms", "p99 ms", "server ms", "PostgreSQL ms", "CPU ms"]


@dataclass
class Figures:
    """What one server did in one case; CPU in seconds."""

    answers: Answers = field(default_factory=Answers)
    server: float = 0.0
    postgres: float = 0.0

    def add(self, answers: Answers, server: float, postgres: float) -> None:
        self.answers += answers
        self.server += server
        self.postgres += postgres

    @property
    def cpu(self) -> float:
        """Milliseconds per request, of the server and of PostgreSQL."""
        return 1000 * (self.server + self.postgres) / len(self.answers.statuses)

    @property
    def postgres_each(self) -> float:
        return 1000 * self.postgres / len(self.answers.statuses)

    def percentile(self, percent: int) -> float:
        """The latency in milliseconds below which that many requests stay."""
        ordered = sorted(self.answers.latencies)
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]

    def row(self) -> list[float]:
        count = len(self.answers.statuses)
        return [
            count / self.answers.elapsed,
            self.percentile(50),
            self.percentile(99),
            1000 * self.server / count,
            1000 * self.postgres / count,
            self.cpu,
        ]


@dataclass
class Case:
    name: str
    ours: Figures
    floor: Figures
    wrong: int  # answers, or races, that did not end as they must

    @property
    def cpu_ratio(self) -> float:
        return self.ours.cpu / self.floor.cpu

    @property
    def p99_ratio(self) -> float:
        return self.ours.percentile(99) / self.floor.percentile(99)


def table(case: Case) -> str:
    ours, floor = case.ours.row(), case.floor.row()
    ratio = [a / b if b else 0.0 for a, b in zip(ours, floor, strict=True)]
    lines = [f"\n{case.name:<16}" + "".join(f"{h:>15}" for h in HEADINGS)]
    for name, values in (("ours", ours), ("floor", floor), ("ratio", ratio)):
        lines.append(f"  {name:<14}" + "".join(f"{value:>15.2f}" for value in values))
    for name, figures in (("ours", case.ours), ("floor", case.floor)):
        counted = sorted(Counter(figures.answers.statuses).items())
        statuses = ", ".join(f"{count:,} times {status}" for status, count in counted)
        lines.append(f"  {name} answered {statuses}")
    return "\n".join(lines)


def memory(ours: Memory, floor: Memory) -> str:
    lines = ["\nPeak memory of each server's processes, MB"]
    for name, used in (("ours", ours), ("floor", floor)):
        lines.append(f"  {name:<6} PSS {used.pss:.0f}, RSS {used.peak_rss:.0f}")
    return "\n".join(lines)


def targets(listing: Case, adding: Case, racing: Case, ours: Memory) -> str:
    lines = [
        ("list, CPU, ratio to the floor", listing.cpu_ratio, 2.0),
        ("add, CPU, ratio to the floor", adding.cpu_ratio, 2.3),
        ("races, p99, ratio to the floor", racing.p99_ratio, 2.5),
        ("races that ended otherwise than 201 once, 409 else", racing.wrong, 0),
        ("memory with two workers, PSS in MB", ours.pss, 170),
    ]
    return "\n".join(["\nTargets", *(_target(*line) for line in lines)])


def compared(case) -> str:
    """One search, or the booking, and the CPU of the statement to compare with."""
    lines = [f"\n{case.asked.name:<18}" + "".join(f"{h:>15}" for h in HEADINGS)]
    lines.append(f"  {'ours':<16}" + "".join(f"{v:>15.2f}" for v in case.ours.row()))
    lines.append(
        f"  {'by hand':<16}{'':>60}{case.statement:>15.2f}{case.statement:>15.2f}"
    )
    counted = sorted(Counter(case.ours.answers.statuses).items())
    statuses = ", ".join(f"{count:,} times {status}" for status, count in counted)
    return "\n".join([*lines, f"  ours answered {statuses}; {case.runs:,} by hand"])


def search_targets(compared: list, median: float) -> str:
    lines = []
    for case in compared:
        by_hand = case.statement
        most = round(max(2.5 * by_hand, by_hand + 5), 2)
        share = case.postgres / by_hand
        lines += [
            (f"{case.asked.name}, PostgreSQL's CPU, ratio by hand", share, 1.3),
            (f"{case.asked.name}, CPU of the request in ms", case.ours.cpu, most),
        ]
    fifty, everybody = compared[1].ours.cpu, compared[2].ours.cpu
    lines += [
        ("all therapists, CPU, ratio to 50 of them", everybody / fifty, 4),
        ("100,000 appointments, 31 days: median in ms", median, 50),
    ]
    return "\n".join(["\nTargets of the search", *(_target(*line) for line in lines)])


def by_hand(statement: float, runs: int) -> str:
    return f"  by hand: {statement:.2f} ms of PostgreSQL's CPU, of {runs:,} runs"


def lifecycle_targets(measured: list, racing: Case) -> str:
    lines = [
        (f"{one.case.name}, CPU, ratio to the floor", one.case.cpu_ratio, 2.5)
        for one in measured
    ]
    lines += [
        (f"{racing.name}, CPU, ratio to the floor", racing.cpu_ratio, 2.5),
        ("races that ended otherwise than 200 once, 404 or 409 else", racing.wrong, 0),
    ]
    shares = [
        f"  {one.case.name}: PostgreSQL's CPU {one.case.ours.postgres_each:.2f} ms, "
        f"by hand {one.by_hand:.2f}, ratio {one.case.ours.postgres_each / one.by_hand:.2f}"
        for one in measured
    ]
    return "\n".join(
        ["\nTargets of the lifecycle", *(_target(*line) for line in lines), *shares]
    )


def series_targets(booking, twelve, year) -> str:
    lines = [
        (
            f"{one.asked.name}, CPU, ratio to one booking",
            one.ours.cpu / booking.ours.cpu,
        )
        for one in (twelve, year)
    ]
    (what, value), target = lines[0], _target(*lines[1], 6)
    shares = [
        f"  {one.asked.name}: PostgreSQL's CPU, ratio by hand "
        f"{one.postgres / one.statement:.2f}"
        for one in (booking, twelve, year)
    ]
    return "\n".join(
        ["\nTargets of the series", target, f"  {what:<52}{value:>7.2f}", *shares]
    )


def _target(what: str, value: float, most: float) -> str:
    verdict = "reached" if value <= most else "missed"
    return f"  {what:<52}{value:>7.2f}, at most {most:g}: {verdict}"
