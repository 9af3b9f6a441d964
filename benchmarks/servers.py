"""The servers, each under the same gunicorn with the same settings."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from benchmarks.load import Address

WORKERS = 2
HOST = "127.0.0.1"
# Static files are not collected, because no request is for one.
QUIET = ("-W", "ignore:No directory at")
# Requests are counted, but none is refused.
RATES = {"CHANGE_THROTTLE": "100000000/min", "SEARCH_THROTTLE": "100000000/min"}
# A few clients book all the appointments of a case.
LIMITS = {"MAX_UPCOMING": "1000000", "MAX_SERIES": "1000000"}
OURS, FLOOR = "booking.wsgi:application", "benchmarks.floor.wsgi:application"


@dataclass(frozen=True)
class Server:
    name: str
    address: Address
    pid: int


@contextmanager
def run_server(
    name: str, application: str, port: int, **environment: str
) -> Iterator[Server]:
    """Run gunicorn, from before the block until after it."""
    address = {"HOST": HOST, "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)}
    gunicorn = [sys.executable, *QUIET, "-m", "gunicorn", "--log-level", "warning"]
    process = subprocess.Popen(
        [*gunicorn, application],
        env=os.environ | environment | address | RATES | LIMITS,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_open((HOST, port), process)
        yield Server(name, (HOST, port), process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def _wait_until_open(address, process):
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"The server ended with status {process.returncode}.")
        with suppress(OSError), socket.create_connection(address, timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("The server does not listen.")
