"""List and search follow indexes at a million appointments, whoever asks for what."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts.tests.factories import UserFactory
from appointments.availability.slots import find_slots
from appointments.tests.factories import FIRST_SESSION
from booking.tests.depth import choose
from therapists.models import Therapist

# All in one worker, which adds the rows once.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("a million")]

READS_ALL = "Seq Scan on appointments_appointment"
URL = "/api/v1/appointments"
WEEK = {"start": "2030-01-07", "end": "2030-01-13"}
NARROWED = [
    {},
    WEEK,
    {"type": "one-off"},
    {"status": "booked"},
    {"status": "available"},
    {"therapist_id": 100007},
    {"specialisms": "Specialism 3,Specialism 8"},
    {"specialisms": "Specialism 3,Specialism 6", "specialisms_match": "all"},
    WEEK | {"type": "one-off", "specialisms": "Specialism 3,Specialism 8"},
    WEEK | {"type": "one-off", "therapist_id": 100007, "status": "booked"},
]

FILL = """
INSERT INTO therapists_specialism (id, name)
SELECT id, 'Specialism ' || id FROM generate_series(1, 20) id;

INSERT INTO therapists_therapist (id, name, time_zone, is_active, break_minutes,
                                  notice_hours, horizon_days, booking_mode,
                                  start_step_minutes)
SELECT id, 'Therapist ' || id, 'UTC', TRUE, 0, 0, 365, 'any_time', 30
  FROM generate_series(100000, 100999) id;

INSERT INTO therapists_therapist_specialisms (therapist_id, specialism_id)
SELECT id, (id * 7 + n * 3) % 20 + 1
  FROM generate_series(100000, 100999) id, generate_series(0, 2) n;

INSERT INTO appointments_appointment (therapist_id, client_id, type, status, start,
                                      "end", busy_until, created_at, updated_at)
SELECT n % 1000 + 100000,
       CASE WHEN n % 10 < 7 THEN n % 20000 + 1 END,
       CASE WHEN n % 3 = 0 THEN 'one-off' ELSE 'consultation' END,
       CASE WHEN n % 10 < 7 THEN 'booked' ELSE 'available' END,
       start, start + interval '1 hour', start + interval '1 hour', start, start
  FROM generate_series(0, 999999) n,
       LATERAL (SELECT '%s'::timestamptz + n / 1000 * interval '3 hours') s (start);
"""
SLOTTED = """
UPDATE therapists_therapist SET booking_mode = 'working_hours';

INSERT INTO therapists_offering (therapist_id, type, duration)
SELECT id, 'one-off', 60 FROM therapists_therapist;

INSERT INTO therapists_workinghours (therapist_id, weekday, start, "end")
SELECT id, weekday, '09:00', '17:00'
  FROM therapists_therapist, generate_series(1, 5) weekday;

ANALYZE therapists_offering, therapists_workinghours
"""
SEARCHES = [
    {},
    {"therapist_id": 100007},
    {"specialisms": "Specialism 3,Specialism 8"},
    {"specialisms": "Specialism 3,Specialism 6", "specialisms_match": "all"},
]
# psycopg sends the types along; here they follow from where a parameter stands, except:
TYPES = {"now": "timestamptz", "beyond": "timestamptz", "practice": "text"}
CONSTRAINTS = """
SELECT conname FROM pg_constraint
 WHERE conrelid = 'appointments_appointment'::regclass AND contype IN ('x', 'f', 'c', 'u')
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'appointments_appointment'
   AND indexname IN (SELECT relname FROM pg_index
                       JOIN pg_class ON pg_class.oid = indexrelid
                      WHERE NOT indisprimary)
"""


@pytest.fixture(scope="module")
def million(django_db_setup, django_db_blocker):
    """A million appointments, in a transaction around all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            _fill(cursor)
        yield
        transaction.set_rollback(True)


def _fill(cursor):
    """Add the rows without keys, constraints and history: those take minutes."""
    # Rolled back, the rows take their new file with them, and leave none to be read.
    cursor.execute("TRUNCATE appointments_appointment CASCADE")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(CONSTRAINTS)
    for (name,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE appointments_appointment DROP CONSTRAINT {name}")
    cursor.execute(INDEXES)
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("ALTER TABLE appointments_appointment DISABLE TRIGGER USER")
    for statement in FILL.replace("%s", FIRST_SESSION.isoformat()).split(";"):
        if statement.strip():
            cursor.execute(statement)
    cursor.execute("ALTER TABLE appointments_appointment ENABLE TRIGGER USER")
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.execute("ANALYZE")


@pytest.fixture
def people(million):
    """One of each role; the therapist's diary is one of the thousand."""
    therapist = UserFactory()
    Therapist.objects.filter(pk=100_003).update(user=therapist)
    return UserFactory(), therapist, UserFactory(staff=True)


def plans(statements):
    return [plan(sql) for sql in set(statements)]


def plan(sql):
    """Explain the statement as it is run: planned once, for any parameters."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    for number, name in enumerate(names, 1):
        type = TYPES.get(name)
        sql = sql.replace(f"%({name})s", f"${number}::{type}" if type else f"${number}")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.fixture
def statements():
    """What is run on the appointments, as often as it is, before its parameters."""
    seen = []

    def see(execute, sql, params, many, context):
        if "appointments_appointment" in sql:
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(see):
        yield seen


def test_no_list_reads_all_appointments(api, people, statements):
    for person in people:
        for narrowed in NARROWED:
            page = api(person).get(URL, narrowed | {"page_size": 1})
            assert page.status_code == 200, page.data
            if page.data["next"]:
                page = api(person).get(page.data["next"])
                api(person).get(page.data["previous"])

    assert len(set(statements)) >= len(NARROWED)
    assert not [plan for plan in plans(statements) if READS_ALL in plan]


@pytest.fixture
def slotted(million):
    """All thousand have hours, and most of them are taken."""
    with connection.cursor() as cursor:
        for statement in SLOTTED.split(";"):
            cursor.execute(statement)


def test_no_search_reads_more_than_its_days(api, slotted, statements):
    for narrowed in SEARCHES:
        asked = WEEK | {"type": "one-off", "page_size": 1} | narrowed
        page = api().get("/api/v1/slots", asked)
        assert page.status_code == 200, page.data
        page = api().get(page.data["next"])
        api().get(page.data["previous"])
    api().get("/api/v1/therapists/100007/next_slot", {"type": "one-off"})

    found = plans(statements)
    assert len(found) >= 2 * len(SEARCHES)
    assert not [plan for plan in found if READS_ALL in plan]
    bounds = re.findall(
        r"Scan (?:Backward )?using \w+ on appointments_appointment .*\n +Index Cond: (.*)",
        "\n".join(found),
    )
    assert len(bounds) >= 2 * len(found)
    assert not [
        one for one in bounds if "start > " not in one and "start >= " not in one
    ]
    assert not [one for one in bounds if "start < " not in one]


@pytest.mark.depth
def test_pages_of_many_therapists_are_a_part_of_all(api, slotted):
    monday = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}
    day = datetime(2030, 1, 7, tzinfo=UTC)
    # For so many, a step looks at every stretch; for a page it looks at some.
    found = find_slots(
        {"type": "one-off", "start": day, "end": day + timedelta(days=1)}, limit=20_000
    )

    page = api().get("/api/v1/slots", monday | {"page_size": 200}).json()
    paged = page["results"]
    while page["next"] and len(paged) < choose(sample=1_000, thorough=20_000):
        page = api().get(page["next"]).json()
        paged += page["results"]

    expected = [
        (row.start.strftime("%Y-%m-%dT%H:%M:%SZ"), row.therapist_id) for row in found
    ]
    assert len(expected) > 5_000
    assert len(paged) == len(expected) or page["next"]
    assert [(slot["start"], slot["therapist"]["id"]) for slot in paged] == expected[
        : len(paged)
    ]
