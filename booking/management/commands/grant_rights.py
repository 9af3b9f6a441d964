"""Gives the application's role of PostgreSQL its rights, and no others."""

import pgtrigger
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg.sql import SQL, Identifier

MIGRATIONS = MigrationRecorder.Migration._meta.db_table
FIND_ROLE = "SELECT rolsuper FROM pg_roles WHERE rolname = %s"
IN_ALL = """
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role};
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}
"""
ADD = "GRANT INSERT ON {tables} TO {role}"
CHANGE = "GRANT UPDATE, DELETE ON {tables} TO {role}"


class Command(BaseCommand):
    help = (
        "Lets a role of PostgreSQL read and change the tables, but only add to history "
        "and logs, and never truncate. Run it as the owner, after each migrate."
    )

    def add_arguments(self, parser):
        parser.add_argument("role", help="the application's role, which exists")

    @transaction.atomic
    def handle(self, *, role, **options):
        with connection.cursor() as cursor:
            _refuse_role(cursor, role)
            logs = get_append_only_tables()
            tables = set(connection.introspection.table_names(cursor)) - {MIGRATIONS}
            _execute(cursor, IN_ALL, role)
            _execute(cursor, ADD, role, tables)
            _execute(cursor, CHANGE, role, tables - logs)
        self.stdout.write(f"{role} may only add to {', '.join(sorted(logs))}.")


def get_append_only_tables() -> set[str]:
    """Return the tables of history and logs: a trigger protects their rows."""
    return {
        model._meta.db_table
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, pgtrigger.Protect)
    }


def _refuse_role(cursor, role):
    cursor.execute(FIND_ROLE, [role])
    row = cursor.fetchone()
    if row is None:
        raise CommandError(f"There is no role {role}.")
    [is_superuser] = row
    if is_superuser:
        raise CommandError(f"{role} is a superuser, whose rights nothing limits.")


def _execute(cursor, text, role, tables=()):
    cursor.execute("SELECT current_schema()")
    [schema] = cursor.fetchone()
    names = {
        "role": Identifier(role),
        "schema": Identifier(schema),
        "tables": SQL(", ").join(Identifier(schema, name) for name in sorted(tables)),
    }
    for statement in text.split(";"):
        cursor.execute(SQL(statement).format(**names))
