"""Requests at the same moment, in threads of this process with their own connections."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from appointments.tests.races.deadlocks import count_deadlocks
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

# In one worker: those of many would need more connections than there are.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

URL = "/api/v1/appointments"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def prepare_add(api):
    """Return a call that sends a booking request."""

    def prepare(client, therapist, **changes):
        return lambda: api(client).post(URL, booking_request(therapist, **changes))

    return prepare


@pytest.fixture
def no_deadlock():
    """Fail if PostgreSQL has to break a deadlock during the test."""
    before = count_deadlocks()
    yield
    assert count_deadlocks() == before


def statuses(responses):
    return sorted(response.status_code for response in responses)


def test_a_deadlock_is_counted(at_once):
    first, second = UserFactory(), UserFactory()
    before = count_deadlocks()

    def lock(one, other):
        def run():
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [one])
                    meet.wait(timeout=5)
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [other])
            except OperationalError:
                return "deadlock"

        return run

    meet = Barrier(2)
    results = at_once(lock(first.pk, second.pk), lock(second.pk, first.pk))

    assert sorted(map(str, results)) == ["None", "deadlock"]
    assert count_deadlocks() == before + 1


def test_two_clients_racing_for_one_period_get_one_appointment(at_once, prepare_add):
    therapist = TherapistFactory()

    responses = at_once(*[prepare_add(UserFactory(), therapist) for _ in range(2)])

    assert statuses(responses) == [201, 409]
    assert Appointment.objects.count() == 1


def test_one_client_racing_for_two_therapists_gets_one_appointment(
    at_once, prepare_add
):
    client = UserFactory()

    responses = at_once(*[prepare_add(client, TherapistFactory()) for _ in range(2)])

    assert statuses(responses) == [201, 409]
    assert Appointment.objects.count() == 1


def test_one_client_sending_a_request_many_times_gets_one_appointment(
    at_once, prepare_add
):
    client, therapist = UserFactory(), TherapistFactory()

    responses = at_once(*[prepare_add(client, therapist)] * 8)

    assert statuses(responses) == [201] + [409] * 7
    assert Appointment.objects.count() == 1


def test_one_of_many_overlapping_requests_succeeds(at_once, prepare_add, no_deadlock):
    therapist = TherapistFactory(break_minutes=5)
    starts = [(FIRST_SESSION + n * MINUTE).isoformat() for n in range(32)]

    responses = at_once(
        *[prepare_add(UserFactory(), therapist, start=s) for s in starts]
    )

    assert statuses(responses) == [201] + [409] * 31
    refused = [r for r in responses if r.status_code == 409]
    assert len({r.content for r in refused}) == 1
    assert codes(refused[0]) == ["therapist_busy"]
    assert Appointment.objects.count() == 1


def test_one_of_many_clients_books_an_available_appointment(
    at_once, prepare_add, no_deadlock
):
    appointment = AppointmentFactory(available=True, start=FIRST_SESSION)
    clients = UserFactory.create_batch(32)

    responses = at_once(
        *[prepare_add(client, appointment.therapist) for client in clients]
    )

    assert statuses(responses) == [201] + [409] * 31
    [accepted] = [r for r in responses if r.status_code == 201]
    row = Appointment.objects.get()
    assert row.pk == accepted.data["id"] == appointment.pk
    assert row.client_id == accepted.data["client"]["id"]


def test_bookings_of_all_clients_with_all_therapists_do_not_deadlock(
    at_once, prepare_add, no_deadlock
):
    clients = UserFactory.create_batch(4)
    therapists = TherapistFactory.create_batch(4)
    calls = [
        prepare_add(c, t) for n in range(2) for c in clients for t in therapists[::-1]
    ]

    responses = at_once(*calls)

    accepted = [r for r in responses if r.status_code == 201]
    assert {r.status_code for r in responses} == {201, 409}
    assert len(accepted) == Appointment.objects.count() <= 4


def test_therapists_who_book_each_other_do_not_deadlock(
    at_once, prepare_add, no_deadlock
):
    ada, bob = TherapistFactory.create_batch(2, signs_in=True)
    later = (FIRST_SESSION + HOUR).isoformat()
    calls = [prepare_add(ada.user, bob), prepare_add(bob.user, ada, start=later)] * 4

    responses = at_once(*calls)

    assert statuses(responses) == [201] * 2 + [409] * 6
