"""How much a run measures."""

from dataclasses import dataclass

CLIENTS = 8
RACERS = 64


@dataclass(frozen=True)
class Effort:
    database: str
    appointments: int
    rounds: int
    seconds: float  # of a round
    races: int
    remark: str = ""

    def __str__(self):
        return (
            f"{self.appointments:,} appointments, {CLIENTS} clients, {self.rounds} "
            f"rounds of {self.seconds:g} s, {self.races} races of {RACERS}{self.remark}"
        )


FULL = Effort("booking_bench", 1_000_000, rounds=8, seconds=2, races=16)
QUICK = Effort(
    "booking_bench_quick",
    100_000,
    rounds=2,
    seconds=1,
    races=3,
    remark=" (--quick: a tenth of the data, and figures for orientation only)",
)
