"""A request that PostgreSQL undoes is refused with 503, in the API and in the admin."""

from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import (
    InternalError,
    NotSupportedError,
    OperationalError,
    connection,
)
from django.urls import reverse

from accounts.models import Session
from accounts.security_log import SecurityEvent
from accounts.tests.factories import PASSWORD, UserFactory
from appointments.tests.factories import (
    FIRST_SESSION,
    AppointmentFactory,
    SeriesFactory,
)
from booking.tests import refusals
from booking.tests.databases import connect_parameters
from therapists.models import Specialism
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db(transaction=True)

APPOINTMENTS = "/api/v1/appointments"
THERAPISTS, ROWS = "therapists_therapist", "appointments_appointment"
LONG = 60_000


@pytest.fixture
def impatient():
    """Make the connection of this thread give up soon."""

    def set_timeouts(lock=LONG, statement=LONG):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, FALSE),"
                " set_config('statement_timeout', %s, FALSE)",
                [str(lock), str(statement)],
            )

    yield set_timeouts
    connection.close()


@contextmanager
def locked(*tables):
    """Let another session hold every row of the tables."""
    with psycopg.connect(**connect_parameters()) as other:
        for table in tables:
            other.execute(f"SELECT FROM {table} FOR UPDATE")
        yield
        other.rollback()


def refused_as_busy(response):
    assert refusals(response) == [(None, "busy")]
    assert "Nothing was done" in response.json()["errors"][0]["detail"]
    return response.status_code == 503 and response["Retry-After"] == "1"


def test_a_sign_in_that_waits_too_long_is_not_logged(api, impatient):
    user = UserFactory()
    impatient(lock=50)

    with locked("accounts_user"):
        response = api().post(
            "/api/v1/auth/login", {"email": user.email, "password": PASSWORD}
        )

    assert refused_as_busy(response)
    assert not Session.objects.exists()
    assert not SecurityEvent.objects.filter(kind="signed_in").exists()


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "one"}], ids=["", "key"])
@pytest.mark.parametrize("timeouts", [{"lock": 50}, {"statement": 50}], ids=str)
def test_a_booking_that_waits_too_long_changes_nothing(
    api, impatient, nothing_changes, timeouts, key
):
    client = api(UserFactory())
    booking = {
        "start": FIRST_SESSION.isoformat(),
        "duration": 60,
        "type": "one-off",
        "therapist_id": TherapistFactory().pk,
    }
    impatient(**timeouts)

    with nothing_changes(), locked(THERAPISTS):
        refused = client.post(APPOINTMENTS, booking, headers=key)
    repeated = client.post(APPOINTMENTS, booking, headers=key)

    assert refused_as_busy(refused)
    assert repeated.status_code == 201


def test_waiting_too_long_is_one_line_of_the_log(api, impatient, caplog):
    appointment = AppointmentFactory()
    impatient(lock=50)
    client = api(appointment.client)

    with locked(THERAPISTS, ROWS):
        response = client.post(f"{APPOINTMENTS}/{appointment.pk}/cancel", {})

    assert refused_as_busy(response)
    [record] = caplog.records
    assert record.getMessage().startswith(f"LockNotAvailable: {APPOINTMENTS}/")
    assert record.exc_info is None


@pytest.mark.parametrize("operation", ["cancel", "move", "book"])
def test_an_operation_that_waits_for_a_lock_is_busy(
    api, impatient, nothing_changes, operation
):
    appointment = AppointmentFactory(held=operation == "book")
    body = {"start": (appointment.start + timedelta(hours=1)).isoformat()}
    client = api(appointment.client)
    impatient(lock=50)

    with nothing_changes(), locked(THERAPISTS, ROWS):
        response = client.post(
            f"{APPOINTMENTS}/{appointment.pk}/{operation}",
            body if operation == "move" else {},
        )

    assert refused_as_busy(response)


@pytest.mark.parametrize("operation", ["cancel", "move"])
def test_a_series_that_waits_for_a_lock_is_busy(
    api, impatient, nothing_changes, operation
):
    series = SeriesFactory()
    body = {"start": (series.start + timedelta(hours=1)).isoformat()}
    client = api(series.client)
    impatient(lock=50)

    with nothing_changes(), locked(THERAPISTS, ROWS, "appointments_series"):
        response = client.post(
            f"/api/v1/series/{series.pk}/{operation}",
            body if operation == "move" else {},
        )

    assert refused_as_busy(response)


def test_the_admin_says_in_plain_words_that_nothing_was_done(
    boss, impatient, nothing_changes
):
    specialism = Specialism.objects.create(name="Sleep")
    url = reverse("admin:therapists_specialism_delete", args=[specialism.pk])
    impatient(lock=50)

    with nothing_changes(), locked("therapists_specialism"):
        response = boss.post(url, {"post": "yes"})

    assert response.status_code == 503
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Retry-After"] == "1"
    assert "Nothing was done" in response.content.decode()


@pytest.mark.parametrize(
    ("method", "told"), [("get", "Nothing was done"), ("post", "may not have taken")]
)
def test_a_session_that_cannot_be_saved_is_refused(
    boss, impatient, clock, method, told
):
    url = reverse("admin:therapists_specialism_add")
    clock.shift(timedelta(minutes=5))
    impatient(lock=50)

    with locked("django_session"):
        response = getattr(boss, method)(url)

    assert response.status_code == 503
    assert told in response.content.decode()


def test_a_connection_that_timed_out_is_used_again(api, impatient):
    client = api(UserFactory())
    impatient(statement=50)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()

    with psycopg.connect(**connect_parameters()) as other:
        other.execute(f"LOCK TABLE {ROWS}")
        refused = client.get(APPOINTMENTS)
        other.rollback()
    repeated = client.get(APPOINTMENTS)

    assert refused_as_busy(refused)
    assert repeated.status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() == before


def test_a_full_disk_is_reported_as_such(api):
    def fail(*args):
        raise OperationalError from psycopg.errors.DiskFull()

    with connection.execute_wrapper(fail):
        response = api().get("/api/v1/therapists")

    assert response.status_code == 503
    assert refusals(response) == [(None, "storage_full")]


def test_a_standby_without_an_unlogged_table_accepts_no_changes(api):
    def fail(*args):
        raise NotSupportedError from psycopg.errors.FeatureNotSupported()

    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    with connection.execute_wrapper(fail):
        response = api().get("/api/v1/specialisms")
    connection.close()

    assert response.status_code == 503
    assert refusals(response) == [(None, "read_only")]


def test_any_other_error_of_the_database_is_a_bug(api):
    def fail(*args):
        raise InternalError from psycopg.errors.InFailedSqlTransaction()

    with connection.execute_wrapper(fail):
        response = api().get("/api/v1/therapists")

    assert response.status_code == 500
