"""The state of the database in which a case starts."""

from datetime import datetime

import psycopg

from benchmarks import dataset
from benchmarks.effort import CLIENTS

# Appointments of the operations' clients: known ids, every other hour of each client,
# each with the client's next therapist.
FIRST_ID = 1_000_000_000
APPOINTMENTS_PER_CLIENT = 300
THERAPISTS_PER_CLIENT = dataset.THERAPISTS // CLIENTS

ADD_APPOINTMENTS = """
INSERT INTO appointments_appointment
       (id, therapist_id, client_id, type, status, start, "end", busy_until,
        was_published, overridden, created_at, updated_at)
-- One hour in two, so that each can be moved to the next.
SELECT %(first_id)s + client * %(each)s + n,
       1 + client * %(therapists)s + n %% %(therapists)s,
       CASE WHEN %(status)s = 'booked' THEN %(first_client)s + client END,
       'one-off', %(status)s, start, start + interval '1 hour', start + interval '1 hour',
       %(status)s = 'available', '{}', %(free_from)s, %(free_from)s
  FROM generate_series(0, %(clients)s - 1) client, generate_series(0, %(each)s - 1) n,
       LATERAL (SELECT %(free_from)s::timestamptz + n * interval '2 hours' AS start) moment
"""

EMPTY_DIARY = """
DELETE FROM appointments_appointment
 WHERE therapist_id = %(therapist)s AND start > %(today)s - interval '1 day'
   AND start < %(today)s + interval '40 days'
"""
DELETE_ABSENCES = "DELETE FROM therapists_absence WHERE therapist_id = %(therapist)s"
DELETE_HOURS = "DELETE FROM therapists_workinghours WHERE therapist_id = %(therapist)s"
WORK_EVERY_DAY = """
INSERT INTO therapists_workinghours (therapist_id, weekday, start, "end")
SELECT %(therapist)s, weekday, hour::time, hour::time + interval '4 hours'
  FROM generate_series(1, 7) weekday, unnest(ARRAY['08:00', '13:00']) hour
"""
FILL_DIARY = """
INSERT INTO appointments_appointment
       (therapist_id, client_id, type, status, start, "end", busy_until, overridden,
        created_at, updated_at)
-- One appointment and its break after the other, day and night.
SELECT %(therapist)s, %(client)s, 'one-off', 'booked', start,
       start + interval '50 minutes', start + interval '60 minutes', '{}', start, start
  FROM generate_series(%(today)s, %(today)s + interval '27 days' - interval '1 hour',
                       interval '1 hour') start
"""


def reset(connection: psycopg.Connection) -> None:
    """Remove what cases added, and leave no clean-up work that the next one would pay."""
    _remove_additions(connection)
    _settle(connection)


def add_appointments(connection: psycopg.Connection, status: str) -> None:
    """Reset, and give each client of the operations appointments with this status."""
    _remove_additions(connection)
    values = {
        "first_id": FIRST_ID,
        "first_client": dataset.FIRST_CLIENT,
        "each": APPOINTMENTS_PER_CLIENT,
        "clients": CLIENTS,
        "therapists": THERAPISTS_PER_CLIENT,
        "free_from": dataset.FREE_FROM,
        "status": status,
    }
    connection.execute(ADD_APPOINTMENTS, values)
    _settle(connection)


def set_booking_mode(
    connection: psycopg.Connection, mode: str, horizon_days: int = 365
) -> None:
    """Let clients book at any time, or in slots only; so many days ahead."""
    connection.execute(
        "UPDATE therapists_therapist SET booking_mode = %s, horizon_days = %s",
        [mode, horizon_days],
    )
    connection.execute("VACUUM (FULL, ANALYZE) therapists_therapist")


def fill_therapist(
    connection: psycopg.Connection, therapist: int, today: datetime
) -> None:
    """Let the therapist work every day, and leave them no slot for 27 days."""
    values = {"therapist": therapist, "client": dataset.STAFF, "today": today}
    for statement in (EMPTY_DIARY, DELETE_ABSENCES, DELETE_HOURS):
        connection.execute(statement, values)
    for statement in (WORK_EVERY_DAY, FILL_DIARY):
        connection.execute(statement, values)
    connection.execute("VACUUM (ANALYZE) appointments_appointment")


def _remove_additions(connection):
    connection.execute(
        "DELETE FROM appointments_appointment WHERE start >= %s", [dataset.FREE_FROM]
    )
    connection.execute("DELETE FROM appointments_series")


def _settle(connection):
    """Empty the logs, and leave the tables as if they had long been as they are."""
    connection.execute(
        "TRUNCATE appointments_appointmentevent, appointments_seriesevent, "
        "appointments_appointmentread, "
        "booking_idempotentresponse"
    )
    connection.execute("VACUUM (ANALYZE) appointments_appointment, appointments_series")
    connection.execute("CHECKPOINT")
