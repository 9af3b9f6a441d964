"""Serve on this machine: database, migrations, demo data, gunicorn and a worker."""

import os
import signal
import socket
import subprocess
import sys

import django
from django.core.management import call_command

from booking import env
from booking.runtime import embedded, web

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    os.environ.setdefault("APPLICATION_STAGE", "dev")
    with env.for_command():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())
        host, port = web.check_server_settings()
        _refuse_taken_port(host, port)
        if os.environ["APPLICATION_STAGE"] == "dev" and not env.database_url():
            _start_database()
        # These raise SystemExit, so that the exit handlers stop the database too.
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: sys.exit(0))
        django.setup()
        _prepare()
    _announce(f"http://{env.format_address(host, port)}")
    return _serve()


def _refuse_taken_port(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host, port)
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        sys.exit(
            f"Cannot listen on {host}, port {port}: {_explain(error)}. "
            "Choose another with PORT or HOST."
        )


def _explain(error):
    """Return the system's words, without the address that Python adds."""
    is_unknown_host = isinstance(error, socket.gaierror)
    return error.strerror if is_unknown_host else os.strerror(error.errno)


def _start_database():
    """Start the database. A signal meanwhile waits until the database can stop."""
    received = []
    for number in STOP_SIGNALS:
        signal.signal(number, lambda number, _: received.append(number))
    try:
        # The workers read this: they use this database and never stop it.
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
    print(f"  Admin  {address}/admin/")
    if os.environ["APPLICATION_STAGE"] == "dev":
        print(f"  Mail   {address}/dev/mail")
    print("\nCtrl-C stops everything.\n", flush=True)


def _serve() -> int:
    worker = subprocess.Popen([sys.executable, "manage.py", "work"])
    server = subprocess.Popen([sys.executable, "-m", "gunicorn"])
    try:
        return server.wait()
    finally:
        for process in (server, worker):
            process.terminate()
        for process in (server, worker):
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
