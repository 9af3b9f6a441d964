"""The rights of the application's role, on the real tables."""

import secrets

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION
from booking.management.commands.grant_rights import get_append_only_tables
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

APPOINTMENTS = "/api/v1/appointments"
TABLES = sorted(connection.introspection.django_table_names())
FORBIDDEN = [
    *(f'TRUNCATE "{table}" CASCADE' for table in TABLES),
    *(f'DELETE FROM "{table}"' for table in sorted(get_append_only_tables())),  # noqa: S608
    "UPDATE appointments_appointmentevent SET pgh_label = 'x'",
    "UPDATE appointments_seriesevent SET pgh_label = 'x'",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    "SELECT setval('appointments_appointment_id_seq', 1)",
    "CREATE TABLE mine ()",
    "ALTER TABLE appointments_appointmentevent DISABLE TRIGGER ALL",
    "DROP TABLE appointments_appointmentevent",
]


@pytest.fixture
def role():
    name = f"application {secrets.token_hex(4)}"
    execute(f'CREATE ROLE "{name}"')
    return name


@pytest.fixture
def application(role):
    """Use the connection as the application's role does from now on."""
    call_command("grant_rights", role, verbosity=0)

    def become():
        execute(f'SET LOCAL ROLE "{role}"')

    return become


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_application_books_and_cancels_with_its_history(api, application):
    client = api(UserFactory())
    booking = {
        "start": FIRST_SESSION.isoformat(),
        "duration": 60,
        "type": "one-off",
        "therapist_id": TherapistFactory().pk,
    }
    application()

    booked = client.post(APPOINTMENTS, booking, headers={"Idempotency-Key": "one"})
    cancelled = client.post(f"{APPOINTMENTS}/{booked.data['id']}/cancel", {})
    history = client.get(f"{APPOINTMENTS}/{booked.data['id']}/history")

    assert (booked.status_code, cancelled.status_code) == (201, 200)
    assert len(history.data["results"]) == 2
    assert Appointment.pgh_event_model.objects.count() == 2


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_may_not(application, statement):
    application()

    # Even without the trigger that refuses it to everybody.
    execute("SELECT set_config('pgtrigger.ignore', '{}', TRUE)")
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        execute(statement)


def test_every_table_of_events_is_one_to_which_only_is_added():
    events = {table for table in TABLES if table.endswith("event")}

    assert events
    assert events <= get_append_only_tables()


def test_granting_again_takes_away_what_was_given_meanwhile(role, application):
    execute(f'GRANT TRUNCATE ON appointments_series TO "{role}"')

    call_command("grant_rights", role, verbosity=0)

    application()
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute("TRUNCATE appointments_series CASCADE")


def test_a_role_that_is_missing_or_a_superuser_is_refused(role):
    with pytest.raises(CommandError, match="no role nobody"):
        call_command("grant_rights", "nobody")
    execute(f'ALTER ROLE "{role}" SUPERUSER')
    with pytest.raises(CommandError, match="is a superuser"):
        call_command("grant_rights", role)
