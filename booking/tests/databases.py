"""A test database for each process, which every test finds as migrations left it."""

import secrets
from contextlib import ExitStack

import pgtrigger
import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

# The schema that keeps a copy of what migrations put into tables.
PRISTINE = "pristine"
# Databases whose run has ended, in whatever way: no session has their name.
LEFT_BEHIND = """
SELECT datname FROM pg_database
 WHERE starts_with(datname, %s) AND datname NOT IN (
    SELECT application_name FROM pg_stat_activity WHERE application_name IS NOT NULL)
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_blocker):
    """Give this process a database of its own, and drop what killed runs left behind.

    So runs and their workers never share one. A session of the database's name tells
    other runs that this one is alive.
    """
    settings = connection.settings_dict
    prefix = f"test_{settings['NAME']}_"
    name = prefix + secrets.token_hex(4)
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            cursor = stack.enter_context(connection._nodb_cursor())
        cursor.execute("SELECT set_config('application_name', %s, FALSE)", [name])
        drop_left_behind(cursor, prefix)
        settings["TEST"]["NAME"] = name
        yield


def drop_left_behind(cursor, prefix):
    cursor.execute(LEFT_BEHIND, [prefix])
    for (name,) in cursor.fetchall():
        # Another run may be dropping it too.
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Undo what a test committed, and nothing else.

    Django would truncate every table: that takes longer than most of these tests, and
    what migrations put in would be gone for the next one.
    """
    with django_db_blocker.unblock():
        _copy_contents()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: restore())
        yield


def _copy_contents():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {PRISTINE}")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'CREATE TABLE {PRISTINE}."{table}" AS TABLE "{table}"')


def restore():
    """Put back what migrations left in every table whose rows are others now."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither is the history told, nor does it refuse to be deleted.
        triggers = [
            trigger.get_pgid(model) for model, trigger in pgtrigger.registered()
        ]
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', %s, TRUE)",
            ["{" + ",".join(triggers) + "}"],
        )
        for table in _changed_tables(cursor):
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608
            # Ids too that PostgreSQL alone would choose.
            cursor.execute(
                f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE '
                f'TABLE {PRISTINE}."{table}"'
            )


def _changed_tables(cursor):
    looks = [
        f"""
        SELECT '{table}' WHERE EXISTS (TABLE "{table}" EXCEPT TABLE {PRISTINE}."{table}")
                            OR EXISTS (TABLE {PRISTINE}."{table}" EXCEPT TABLE "{table}")
        """
        for table in connection.introspection.table_names(cursor)
    ]
    cursor.execute(" UNION ALL ".join(looks))
    return [table for (table,) in cursor.fetchall()]


def connect_parameters():
    """Return what psycopg needs to connect to the database of the tests."""
    known = ("dbname", "host", "port", "user", "password")
    parameters = connection.get_connection_params()
    return {name: parameters[name] for name in known if name in parameters}
