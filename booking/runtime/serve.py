"""Serve on this machine: database, migrations, demo data, gunicorn."""

import os
import signal
import socket
import subprocess
import sys

import django
from django.core.management import call_command

from booking import env
from booking.runtime import embedded

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    os.environ.setdefault("APPLICATION_STAGE", "dev")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())
    host, port = env.address()
    _refuse_taken_port(host, port)
    if os.environ["APPLICATION_STAGE"] == "dev" and not env.database_url():
        _start_database()
    # What ends the process does so in order: then the database stops too.
    for number in ENDINGS:
        signal.signal(number, lambda *_: sys.exit(0))
    django.setup()
    _prepare()
    _announce(f"http://{env.written(host, port)}")
    return _serve()


def _refuse_taken_port(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        sys.exit(
            f"Cannot listen on {host}, port {port}: {os.strerror(error.errno)}. "
            "Choose another with PORT or HOST."
        )


def _start_database():
    """Start it, or if told to end meanwhile, end only when it can be stopped again."""
    received = []
    for number in ENDINGS:
        signal.signal(number, lambda number, _: received.append(number))
    try:
        # For the workers too: they join this database and never stop it.
        os.environ["DATABASE_URL"] = embedded.start()
    finally:
        if received:
            sys.exit(0)


def _prepare():
    print("Preparing the database …", flush=True)
    call_command("migrate", verbosity=0)
    if os.environ["APPLICATION_STAGE"] == "dev":
        call_command("seed_db", only_if_empty=True)


def _announce(address):
    print(
        f"\n  API    {address}/api/v1/therapists, for one\n  Docs   {address}/api/v1/docs"
    )
    print(f"  Admin  {address}/admin/\n\nCtrl-C stops everything.\n", flush=True)


def _serve() -> int:
    server = subprocess.Popen([sys.executable, "-m", "gunicorn"])
    try:
        return server.wait()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
