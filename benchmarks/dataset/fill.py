"""Filling a migrated, empty database with the practice."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks import dataset
from benchmarks.dataset import people
from benchmarks.dataset.appointments import Row, generate_rows

CHECKOUT = Path(__file__).resolve().parents[2]
APPS = ("booking", "accounts", "therapists", "appointments")
# Older data has too little future left to search.
MAX_AGE = timedelta(days=7)

CURRENT_COMMENT = """
SELECT shobj_description(oid, 'pg_database')
  FROM pg_database WHERE datname = current_database()
"""
# The triggers write every change to the history.
SWITCH_TRIGGERS = "ALTER TABLE appointments_appointment {} TRIGGER USER"
# Exclusion, foreign key and uniqueness: slow to check row by row.
SLOW_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid)
  FROM pg_constraint
 WHERE conrelid = 'appointments_appointment'::regclass AND contype IN ('x', 'f', 'u')
"""
INDEXES = """
SELECT relname, pg_get_indexdef(indexrelid)
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
 WHERE indrelid = 'appointments_appointment'::regclass AND NOT indisprimary
"""


def is_current(connection: psycopg.Connection, appointments: int) -> bool:
    """Say whether the database holds this data, and is young enough."""
    [comment] = connection.execute(CURRENT_COMMENT).fetchone()
    if not comment or not comment.startswith(_fingerprint(appointments)):
        return False
    filled_at = datetime.fromisoformat(comment.rsplit(" ", 1)[1])
    return datetime.now(UTC) - filled_at < MAX_AGE


def fill(connection: psycopg.Connection, appointments: int, therapists: int) -> None:
    """Fill the tables, and leave the schema as the migrations left it."""
    numbers = {
        "staff": dataset.STAFF,
        "therapists": therapists,
        "specialisms": dataset.SPECIALISMS,
        "one_in": therapists // dataset.RARE_THERAPISTS,
    }
    with connection.transaction():
        for statement in people.STATEMENTS:
            connection.execute(statement, numbers)
    now = datetime.now(UTC)
    with connection.transaction():
        _copy(connection, generate_rows(appointments, therapists, now))
    connection.execute("VACUUM (ANALYZE)")
    name = sql.Identifier(connection.info.dbname)
    comment = f"{_fingerprint(appointments)} {now.isoformat()}"
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, comment))


def _fingerprint(appointments):
    """Name the data and the schema: after a change of either, the name differs."""
    sources = [*Path(__file__).parent.glob("*.py")]
    for app in APPS:
        sources += (CHECKOUT / app).glob("migrations/*.py")
        sources += (CHECKOUT / app).rglob("*.sql")
    texts = b"".join(path.read_bytes() for path in sorted(sources))
    return f"{appointments} {hashlib.sha256(texts).hexdigest()[:16]}"


def _copy(connection, rows):
    """Copy without constraints, indexes and history, then restore them."""
    connection.execute(SWITCH_TRIGGERS.format("DISABLE"))
    constraints = connection.execute(SLOW_CONSTRAINTS).fetchall()
    for name, _ in constraints:
        _alter_constraint(connection, "DROP", name)
    indexes = connection.execute(INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    columns = sql.SQL(", ").join(map(sql.Identifier, Row._fields))
    statement = sql.SQL("COPY appointments_appointment ({}) FROM STDIN").format(columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        connection.execute(definition)
    for name, definition in constraints:
        _alter_constraint(connection, "ADD", name, definition)
    connection.execute(SWITCH_TRIGGERS.format("ENABLE"))


def _alter_constraint(connection, verb, name, definition=""):
    alter = sql.SQL("ALTER TABLE appointments_appointment {} CONSTRAINT {} {}")
    connection.execute(
        alter.format(sql.SQL(verb), sql.Identifier(name), sql.SQL(definition))
    )
