"""A practice of 1,000 therapists with a year of appointments, filled in by COPY."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

THERAPISTS = 1_000
CLIENTS = 20_000
SPECIALISMS = 20
BLOCKS_PER_DAY = 3
FIRST_CLIENT = THERAPISTS + 1  # users are the therapists, then the clients, then staff
STAFF = FIRST_CLIENT + CLIENTS
# Old data has no future left to search.
KEPT_FOR = timedelta(days=7)
CHECKOUT = Path(__file__).resolve().parent.parent

# Of ten appointments in a row.
PAST = ["completed"] * 6 + ["no_show", "cancelled", "booked", "available"]
FUTURE = ["booked"] * 5 + ["available"] * 3 + ["held", "cancelled"]

USERS = """
INSERT INTO accounts_user (id, email, name, time_zone, password, is_active, is_staff,
                           is_superuser, date_joined)
SELECT id, 'person' || id || '@example.com', 'Person ' || id, 'UTC',
       'argon2$' || md5(id::text), TRUE, id = %(staff)s, FALSE, now()
  FROM generate_series(1, %(staff)s) id
"""
PEOPLE = """
INSERT INTO therapists_specialism (id, name)
SELECT id, 'Specialism ' || id FROM generate_series(1, %(specialisms)s) id;

INSERT INTO therapists_therapist (id, user_id, name, time_zone, is_active,
                                  break_minutes, notice_hours, horizon_days)
SELECT id, id, 'Therapist ' || id, 'UTC', TRUE, id %% 3 * 5, 0, 365
  FROM generate_series(1, %(therapists)s) id;

INSERT INTO therapists_therapist_specialisms (therapist_id, specialism_id)
SELECT id, (id * 7 + n * 3) %% %(specialisms)s + 1
  FROM generate_series(1, %(therapists)s) id, generate_series(0, 2) n;

INSERT INTO therapists_offering (therapist_id, type, duration)
SELECT id, type, duration
  FROM generate_series(2, %(therapists)s, 2) id,
       (VALUES ('one-off', 60), ('consultation', 30)) offered (type, duration);
"""
COPY = """
COPY appointments_appointment (therapist_id, client_id, type, status, start, "end",
                               busy_until, created_at, updated_at) FROM STDIN
"""
SLOW_TO_FILL = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = 'appointments_appointment'::regclass AND contype IN ('x', 'f')
"""
INDEXES = """
SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index
  JOIN pg_class ON pg_class.oid = indexrelid
 WHERE indrelid = 'appointments_appointment'::regclass AND NOT indisprimary
"""


class Row(NamedTuple):
    therapist_id: int
    client_id: int | None
    type: str
    status: str
    start: datetime
    end: datetime
    busy_until: datetime
    created_at: datetime
    updated_at: datetime


def identity(appointments: int) -> str:
    """Name the data and the schema, so that a change of either fills anew."""
    sources = [Path(__file__), *CHECKOUT.glob("*/migrations/0*.py")]
    texts = b"".join(path.read_bytes() for path in sorted(sources))
    return f"{appointments} {hashlib.sha256(texts).hexdigest()[:16]}"


def is_current(connection: psycopg.Connection, appointments: int) -> bool:
    """Say whether the database holds this data, and recent enough."""
    [comment] = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        "WHERE datname = current_database()"
    ).fetchone()
    if not comment or not comment.startswith(identity(appointments)):
        return False
    filled = datetime.fromisoformat(comment.rsplit(" ", 1)[1])
    return datetime.now(UTC) - filled < KEPT_FOR


def fill(connection: psycopg.Connection, appointments: int) -> None:
    """Fill the migrated, empty tables, and leave the schema as it was migrated."""
    numbers = {"staff": STAFF, "therapists": THERAPISTS, "specialisms": SPECIALISMS}
    with connection.transaction():
        connection.execute(USERS, numbers)
        for statement in PEOPLE.split(";")[:-1]:
            connection.execute(statement, numbers)
    with connection.transaction():
        _copy(connection, rows(appointments, datetime.now(UTC)))
    connection.execute("VACUUM (ANALYZE)")
    name = sql.Identifier(connection.info.dbname)
    comment = f"{identity(appointments)} {datetime.now(UTC).isoformat()}"
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, comment))


def _copy(connection, rows):
    """Copy without constraints and indexes, and put them back as they were."""
    alter = sql.SQL("ALTER TABLE appointments_appointment {} CONSTRAINT {} {}")
    constraints = connection.execute(SLOW_TO_FILL).fetchall()
    for name, _ in constraints:
        name = sql.Identifier(name)
        connection.execute(alter.format(sql.SQL("DROP"), name, sql.SQL("")))
    indexes = connection.execute(INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        connection.execute(definition)
    for name, definition in constraints:
        name = sql.Identifier(name)
        connection.execute(alter.format(sql.SQL("ADD"), name, sql.SQL(definition)))


def rows(appointments: int, now: datetime) -> Iterator[Row]:
    """Yield the appointments by day, half of them in the past.

    Every day has blocks of three hours. In one block a therapist has one appointment
    at most and all clients differ, so nothing overlaps.
    """
    blocks = appointments // THERAPISTS
    # Fewer appointments leave days out and do not shorten the year.
    every = max(1, 1_000 // blocks)
    today = datetime.combine(now.date(), time(8), UTC)
    for block in range(blocks):
        day, hour = divmod(block * every, BLOCKS_PER_DAY)
        day -= 1_000 // BLOCKS_PER_DAY // 2
        begin = today + timedelta(days=day, hours=3 * hour)
        for therapist in range(1, THERAPISTS + 1):
            yield _row(block, therapist, begin, now)


def _row(block, therapist, begin, now):
    number = block * 13 + therapist * 7
    start = begin + timedelta(minutes=therapist % 6 * 15)
    end = start + timedelta(minutes=(30, 45, 60, 90)[number % 4])
    statuses = FUTURE if start > now else PAST
    status = statuses[number // 4 % 10]
    # 7 and the number of clients have no common divisor.
    client = FIRST_CLIENT + (therapist * 7 + block * 1_009) % CLIENTS
    made = start - timedelta(days=30)
    return Row(
        therapist_id=therapist,
        client_id=None if status == "available" else client,
        type=("one-off", "consultation")[number // 40 % 2],
        status=status,
        start=start,
        end=end,
        busy_until=end + timedelta(minutes=therapist % 3 * 5),
        created_at=made,
        updated_at=made,
    )
