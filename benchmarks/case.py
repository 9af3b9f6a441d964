"""What a case sends, and what must come back."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from benchmarks.dataset import prepare
from benchmarks.pgbench import Script

# For each connection, what it sends one after the other.
Requests = list[list[bytes]]


@dataclass(frozen=True)
class Case:
    """Requests that all have the same status, and a statement by hand if there is one."""

    name: str
    status: int
    # Builds as many requests as can be sent in so many seconds.
    build_requests: Callable[[float], Requests]
    # Runs before each round.
    prepare: Callable[[psycopg.Connection], None] = prepare.reset
    script: Script | None = None


@dataclass(frozen=True)
class Race:
    """Requests sent at once, of which one wins."""

    name: str
    winner: int  # status
    losers: set[int]
    # Builds one request for each connection; takes the number of the race.
    build_requests: Callable[[int], Requests]
    prepare: Callable[[psycopg.Connection], None] = prepare.reset
