"""The two servers, under the same gunicorn with the same settings."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from benchmarks.load import Address

WORKERS = 2
HOST = "127.0.0.1"
# Static files, which nobody asks for here, are not collected.
QUIET = ("-W", "ignore:No directory at")
OURS, FLOOR = "booking.wsgi:application", "benchmarks.floor.wsgi:application"


@dataclass
class Server:
    name: str
    address: Address
    pid: int


@contextmanager
def serving(name: str, application: str, port: int, **environment: str):
    """Run gunicorn, from before the block until after it."""
    environment = (
        os.environ
        | environment
        | {
            "HOST": HOST,
            "PORT": str(port),
            "WEB_CONCURRENCY": str(WORKERS),
        }
    )
    process = subprocess.Popen(
        [
            sys.executable,
            *QUIET,
            "-m",
            "gunicorn",
            "--log-level",
            "warning",
            application,
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_open((HOST, port), process)
        yield Server(name, (HOST, port), process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def _wait_until_open(address: Address, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"The server ended with status {process.returncode}.")
        with suppress(OSError), socket.create_connection(address, timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("The server does not listen.")
