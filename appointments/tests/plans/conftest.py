"""A million appointments, with people in proportion."""

import pytest
from django.db import connection, transaction

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION
from appointments.tests.plans import execute
from therapists.models import Therapist

FILL = """
INSERT INTO accounts_user (id, email, name, password, time_zone, is_active, is_staff,
                           is_superuser, date_joined)
SELECT id, 'client' || id || '@example.com', 'Client ' || id, '', 'UTC', TRUE, FALSE,
       FALSE, '{first}'
  FROM generate_series(1000000, 1099999) id;

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
                                      "end", busy_until, created_at, updated_at,
                                      hold_expires_at)
SELECT n % 1000 + 100000,
       CASE WHEN status <> 'available' THEN n * 7919::bigint % 100000 + 1000000 END,
       CASE WHEN n % 3 = 0 THEN 'one-off' ELSE 'consultation' END,
       status, start, start + interval '1 hour', start + interval '1 hour', start, start,
       CASE WHEN status = 'held' THEN '{first}'::timestamptz END
  FROM generate_series(0, 999999) n,
       LATERAL (SELECT CASE WHEN n % 10 >= 7 THEN 'available'
                            -- A few of each status, near the end.
                            WHEN n >= 900000 AND n % 20000 = 0 THEN 'held'
                            WHEN n >= 900000 AND n % 20000 = 1 THEN 'completed'
                            WHEN n >= 900000 AND n % 20000 = 2 THEN 'no_show'
                            WHEN n >= 900000 AND n % 20000 = 3 THEN 'cancelled'
                            ELSE 'booked' END) s (status),
       LATERAL (SELECT '{first}'::timestamptz + n / 1000 * interval '3 hours') m (start);
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
FILLED = ("accounts_user", "appointments_appointment")
CONSTRAINTS = """
SELECT conname FROM pg_constraint
 WHERE conrelid = 'appointments_appointment'::regclass AND contype IN ('x', 'f', 'c', 'u')
"""
# Not those of constraints.
INDEXES = """
SELECT relname, pg_get_indexdef(indexrelid)
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
 WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@pytest.fixture(scope="package")
def million(django_db_setup, django_db_blocker):
    """A million appointments, in a transaction around all tests of this folder."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            _fill(cursor)
        yield
        transaction.set_rollback(True)


def _fill(cursor):
    """Add the rows without keys, constraints and history: those take minutes."""
    # Rolled back, the rows take their new files with them, and leave none to be read.
    cursor.execute(f"TRUNCATE {', '.join(FILLED)} CASCADE")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(CONSTRAINTS)
    for (name,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE appointments_appointment DROP CONSTRAINT {name}")
    cursor.execute(INDEXES, [list(FILLED)])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("ALTER TABLE appointments_appointment DISABLE TRIGGER USER")
    execute(FILL.format(first=FIRST_SESSION.isoformat()))
    cursor.execute("ALTER TABLE appointments_appointment ENABLE TRIGGER USER")
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.execute("ANALYZE")


@pytest.fixture
def slotted(million):
    """All thousand have hours, and most of them are taken."""
    execute(SLOTTED)


@pytest.fixture
def people(million, clerk):
    """One of each role; the therapist's diary is one of the thousand."""
    therapist = UserFactory()
    Therapist.objects.filter(pk=100_003).update(user=therapist)
    return UserFactory(), therapist, clerk


@pytest.fixture
def statements(db):
    """Collects each statement on appointments or users, with its parameters."""
    seen = []

    def see(execute, sql, parameters, many, context):
        if any(table in sql for table in FILLED):
            seen.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(see):
        yield seen
