"""A practice with a year of appointments and more, filled in by COPY."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from benchmarks.dataset import people

THERAPISTS = 1_000
CLIENTS = 20_000
SPECIALISMS = 20
WITH_RARE_SPECIALISM = 50
RARE = f"Specialism {SPECIALISMS + 1}"
BLOCKS_PER_DAY = 3
FIRST_CLIENT = THERAPISTS + 1  # users are the therapists, then the clients, then staff
STAFF = FIRST_CLIENT + CLIENTS
# Old data has no future left to search.
KEPT_FOR = timedelta(days=7)
HELD_FOR = timedelta(days=30)  # no practice holds so long, but the data is kept
CHECKOUT = Path(__file__).resolve().parents[2]

# Of ten appointments in a row.
PAST = ["completed"] * 6 + ["no_show", "cancelled", "booked", "available"]
FUTURE = ["booked"] * 5 + ["available"] * 3 + ["held", "cancelled"]


class Row(NamedTuple):
    therapist_id: int
    client_id: int | None
    type: str
    status: str
    start: datetime
    end: datetime
    busy_until: datetime
    was_published: bool
    hold_expires_at: datetime | None
    cancelled_by: str
    cancelled_at: datetime | None
    concluded_at: datetime | None
    overridden: list
    created_at: datetime
    updated_at: datetime


def identity(appointments: int) -> str:
    """Name the data and the schema, so that a change of either fills anew."""
    ours = [Path(__file__), Path(people.__file__)]
    sources = [*ours, *CHECKOUT.glob("*/migrations/0*.py")]
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


def fill(connection: psycopg.Connection, appointments: int, therapists: int) -> None:
    """Fill the migrated, empty tables, and leave the schema as it was migrated."""
    numbers = {
        "staff": STAFF,
        "therapists": therapists,
        "specialisms": SPECIALISMS,
        "rare": therapists // WITH_RARE_SPECIALISM,
    }
    with connection.transaction():
        connection.execute(people.USERS, numbers)
        for statement in people.PEOPLE.split(";")[:-1]:
            connection.execute(statement, numbers)
    with connection.transaction():
        _copy(connection, rows(appointments, therapists, datetime.now(UTC)))
    connection.execute("VACUUM (ANALYZE)")
    name = sql.Identifier(connection.info.dbname)
    comment = f"{identity(appointments)} {datetime.now(UTC).isoformat()}"
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, comment))


def _copy(connection, rows):
    """Copy without constraints, indexes and history; put them back as they were."""
    alter = sql.SQL("ALTER TABLE appointments_appointment {} CONSTRAINT {} {}")
    connection.execute(people.TRIGGERS.format("DISABLE"))
    constraints = connection.execute(people.SLOW_TO_FILL).fetchall()
    for name, _ in constraints:
        name = sql.Identifier(name)
        connection.execute(alter.format(sql.SQL("DROP"), name, sql.SQL("")))
    indexes = connection.execute(people.INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    with connection.cursor() as cursor, cursor.copy(people.COPY) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        connection.execute(definition)
    for name, definition in constraints:
        name = sql.Identifier(name)
        connection.execute(alter.format(sql.SQL("ADD"), name, sql.SQL(definition)))
    connection.execute(people.TRIGGERS.format("ENABLE"))


def rows(appointments: int, therapists: int, now: datetime) -> Iterator[Row]:
    """Yield the appointments by day, half of them in the past.

    Every day has blocks of three hours. In one block a therapist has one appointment
    at most and all clients differ, so nothing overlaps.
    """
    blocks = appointments // therapists
    # Fewer appointments leave days out and do not shorten the year.
    every = max(1, 1_000 // blocks)
    today = datetime.combine(now.date(), time(8), UTC)
    for block in range(blocks):
        day, hour = divmod(block * every, BLOCKS_PER_DAY)
        day -= blocks * every // BLOCKS_PER_DAY // 2
        begin = today + timedelta(days=day, hours=3 * hour)
        for therapist in range(1, therapists + 1):
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
    is_cancelled = status == "cancelled"
    return Row(
        therapist_id=therapist,
        client_id=None if status == "available" else client,
        type=("one-off", "consultation")[number // 40 % 2],
        status=status,
        start=start,
        end=end,
        busy_until=end + timedelta(minutes=therapist % 3 * 5),
        was_published=status == "available" or (status == "held" and number % 2 == 0),
        hold_expires_at=now + HELD_FOR if status == "held" else None,
        cancelled_by="client" if is_cancelled else "",
        cancelled_at=made if is_cancelled else None,
        concluded_at=end if status in ("completed", "no_show") else None,
        overridden=[],
        created_at=made,
        updated_at=made,
    )
