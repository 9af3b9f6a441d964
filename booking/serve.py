"""Serve on this machine: database, migrations, demo data, gunicorn."""

import os
import signal
import subprocess
import sys

import django
from django.core.management import call_command

from booking import embedded, env


def main() -> int:
    os.environ.setdefault("APPLICATION_STAGE", "dev")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.settings_module())
    if os.environ["APPLICATION_STAGE"] == "dev" and not env.database_url():
        # For the workers too: they join this database and never stop it.
        os.environ["DATABASE_URL"] = embedded.start()
    django.setup()
    _prepare()
    _announce()
    return _serve()


def _prepare():
    print("Preparing the database …", flush=True)
    call_command("migrate", verbosity=0)
    if os.environ["APPLICATION_STAGE"] == "dev":
        call_command("seed_db", only_if_empty=True)


def _announce():
    host, port = env.optional("HOST", "127.0.0.1"), env.optional("PORT", "8000")
    address = f"http://{host}:{port}"
    print(f"\n  API    {address}/api/v1/\n  Docs   {address}/api/v1/docs")
    print(f"  Admin  {address}/admin/\n")
    print("Ctrl-C stops everything.\n", flush=True)


def _serve() -> int:
    """Run gunicorn until it ends; pass on what ends this process."""
    server = subprocess.Popen([sys.executable, "-m", "gunicorn"])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: server.terminate())
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
