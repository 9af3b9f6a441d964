"""The change and its response: both or neither, and one request at a time."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, booking_request
from booking.models import IdempotentResponse
from booking.tests import is_replay, refusals
from therapists.models import Therapist

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
LATER = "2030-03-04T10:00:00Z"


@contextmanager
def failing(table):
    """Let PostgreSQL refuse every new row of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE 'no'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        yield
        cursor.execute("DROP FUNCTION refuse CASCADE")


@pytest.mark.parametrize(
    "fails", ["appointments_appointment", "booking_idempotentresponse"]
)
def test_change_and_response_are_stored_together_or_not_at_all(
    send, person, therapist, nothing_changes, fails
):
    with failing(fails), nothing_changes():
        broken = send(person, booking_request(therapist))
    again = send(person, booking_request(therapist))

    assert broken.status_code == 500
    assert again.status_code == 201, again.data
    assert "Idempotent-Replayed" not in again
    assert Appointment.objects.count() == IdempotentResponse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_in_use_is_refused_until_the_first_request_ends(send, person, therapist):
    def first():
        try:
            return send(person, booking_request(therapist))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Therapist.objects.select_for_update(no_key=True).get()
            waiting = pool.submit(first)
            _wait_until_a_request_is_blocked()
            same = send(person, booking_request(therapist))
            other = send(person, booking_request(therapist, start=LATER))
        response_of_first = waiting.result(timeout=10)

    for response in (same, other):
        assert response.status_code == 409
        assert refusals(response) == [(None, "idempotency_key_in_use")]
    assert response_of_first.status_code == 201, response_of_first.data
    assert is_replay(send(person, booking_request(therapist)), of=response_of_first)
    assert Appointment.objects.count() == 1


def _wait_until_a_request_is_blocked():
    with connection.cursor() as cursor:
        for _ in range(1000):
            # Tests in other processes may wait too, for others.
            cursor.execute(
                "SELECT FROM pg_locks WHERE NOT granted "
                "AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone() is not None:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("No request waits for a lock.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_tag", [False, True], ids=["no If-Match", "If-Match"])
def test_a_request_overtaken_by_its_repetition_gets_the_same_response(
    api, send, overtaken, person, with_tag
):
    booked = AppointmentFactory(client=person)
    url = f"{URL}/{booked.pk}"
    tag = {"If-Match": api(person).get(url)["ETag"]} if with_tag else {}

    def cancel():
        return send(person, {}, url=f"{url}/cancel", **tag)

    with overtaken(cancel, before="advisory") as responses:
        late = cancel()

    [first] = responses
    assert first.status_code == 200, first.data
    assert is_replay(late, of=first)
