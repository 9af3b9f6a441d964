"""What happens at once, with real threads and connections."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    CANCELLATION,
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes
from therapists.models import Therapist, WorkingHours
from therapists.tests.factories import TherapistFactory

# All in one worker, or those of many would need more connections than there are.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

URL = "/api/v1/appointments"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def book(api):
    """Make a call that books, to be run later."""

    def prepare(client, therapist, **changes):
        return lambda: api(client).post(URL, booking_request(therapist, **changes))

    return prepare


@pytest.fixture
def no_deadlock():
    """Fails if PostgreSQL had to break a deadlock during the test."""
    before = _deadlocks()
    yield
    assert _deadlocks() == before


def _deadlocks():
    """Return the count, once the connections of the test have added theirs."""
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )
            if cursor.fetchone() == (0,):
                break
        cursor.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[0]


def statuses(responses):
    return sorted(response.status_code for response in responses)


def test_the_count_of_deadlocks_sees_one(at_once):
    first, second = UserFactory(), UserFactory()
    before = _deadlocks()

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
    assert _deadlocks() == before + 1


def test_two_clients_racing_for_one_time_get_one_appointment(at_once, book):
    therapist = TherapistFactory()

    responses = at_once(*[book(UserFactory(), therapist) for _ in range(2)])

    assert statuses(responses) == [201, 409]
    assert Appointment.objects.count() == 1


def test_one_client_racing_for_two_therapists_gets_one_appointment(at_once, book):
    client = UserFactory()

    responses = at_once(*[book(client, TherapistFactory()) for _ in range(2)])

    assert statuses(responses) == [201, 409]
    assert Appointment.objects.count() == 1


def test_one_client_sending_the_same_again_and_again_gets_one(at_once, book):
    client, therapist = UserFactory(), TherapistFactory()

    responses = at_once(*[book(client, therapist)] * 8)

    assert statuses(responses) == [201] + [409] * 7
    assert Appointment.objects.count() == 1


def test_of_many_overlapping_wishes_one_is_granted(at_once, book, no_deadlock):
    therapist = TherapistFactory(break_minutes=5)
    starts = [(FIRST_SESSION + n * MINUTE).isoformat() for n in range(32)]

    responses = at_once(*[book(UserFactory(), therapist, start=s) for s in starts])

    assert statuses(responses) == [201] + [409] * 31
    refused = [r for r in responses if r.status_code == 409]
    assert len({r.content for r in refused}) == 1
    assert codes(refused[0]) == ["therapist_busy"]
    assert Appointment.objects.count() == 1


def test_of_many_who_take_an_available_appointment_one_gets_it(
    at_once, book, no_deadlock
):
    published = AppointmentFactory(available=True, start=FIRST_SESSION)
    clients = UserFactory.create_batch(32)

    responses = at_once(*[book(client, published.therapist) for client in clients])

    assert statuses(responses) == [201] + [409] * 31
    [granted] = [r for r in responses if r.status_code == 201]
    taken = Appointment.objects.get()
    assert taken.pk == granted.data["id"] == published.pk
    assert taken.client_id == granted.data["client"]["id"]


def test_clients_and_therapists_in_every_combination_do_not_deadlock(
    at_once, book, no_deadlock
):
    clients = UserFactory.create_batch(4)
    therapists = TherapistFactory.create_batch(4)
    calls = [book(c, t) for n in range(2) for c in clients for t in therapists[::-1]]

    responses = at_once(*calls)

    granted = [r for r in responses if r.status_code == 201]
    assert {r.status_code for r in responses} == {201, 409}
    assert len(granted) == Appointment.objects.count() <= 4


def test_therapists_who_book_each_other_do_not_deadlock(at_once, book, no_deadlock):
    ada, bob = TherapistFactory.create_batch(2, signs_in=True)
    later = (FIRST_SESSION + HOUR).isoformat()
    calls = [book(ada.user, bob), book(bob.user, ada, start=later)] * 4

    responses = at_once(*calls)

    assert statuses(responses) == [201] * 2 + [409] * 6


@contextmanager
def waiting(call, row, status=201):
    """Hold a row, start the call, and make sure that it waits; then let it go on.

    The lock leaves foreign keys on the row alone, or it would stop any insert.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
            running = pool.submit(_with_own_connection, call)
            assert _waits_for_this_transaction(running)
            yield running
        assert running.result(timeout=5).status_code == status


def _waits_for_this_transaction(running):
    with connection.cursor() as cursor:
        while not running.done():
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return True
    return False


def _with_own_connection(call):
    try:
        return call()
    finally:
        connection.close()


def is_locked(row):
    """Tell whether another transaction holds the row."""
    rows = type(row).objects.select_for_update(no_key=True, skip_locked=True)
    with transaction.atomic():
        return not rows.filter(pk=row.pk).exists()


@pytest.mark.parametrize("published", [False, True])
def test_booking_waits_for_whoever_holds_the_therapist(book, published):
    client, therapist = UserFactory(), TherapistFactory()
    if published:
        AppointmentFactory(available=True, therapist=therapist, start=FIRST_SESSION)

    with waiting(book(client, therapist), therapist):
        booked = Appointment.objects.filter(client=client)
        assert not booked.exists()

    assert booked.exists()


@pytest.mark.parametrize("published", [False, True])
def test_booking_waits_for_whoever_holds_the_client(book, published):
    client, therapist = UserFactory(), TherapistFactory()
    if published:
        AppointmentFactory(available=True, therapist=therapist, start=FIRST_SESSION)

    with waiting(book(client, therapist), client):
        booked = Appointment.objects.filter(client=client)
        assert not booked.exists()

    assert booked.exists()


@pytest.mark.parametrize("leave", ["delete", "deactivate"])
@pytest.mark.parametrize("who", ["therapist", "client"])
def test_nothing_is_added_for_somebody_who_left_meanwhile(book, who, leave):
    people = {"client": UserFactory(), "therapist": TherapistFactory()}

    with waiting(book(**people), people[who], status=400):
        if leave == "delete":
            people[who].delete()
        else:
            type(people[who]).objects.filter(pk=people[who].pk).update(is_active=False)

    assert not Appointment.objects.exists()


def test_what_is_withdrawn_meanwhile_is_no_way_around_the_rules(book):
    therapist = TherapistFactory(notice_hours=24 * 60)
    published = AppointmentFactory(
        available=True, therapist=therapist, start=FIRST_SESSION
    )

    with waiting(book(UserFactory(), therapist), therapist, status=422):
        Appointment.objects.filter(pk=published.pk).update(**CANCELLATION)

    assert Appointment.objects.get().client is None


def test_withdrawing_waits_for_whoever_holds_the_therapist(api):
    published = AppointmentFactory(available=True, therapist__signs_in=True)
    user = published.therapist.user
    withdraw = f"{URL}/{published.pk}/cancel"

    with waiting(lambda: api(user).post(withdraw), published.therapist, status=200):
        assert Appointment.objects.get().status == "available"


def test_publishing_waits_for_whoever_holds_the_therapist(book):
    therapist = TherapistFactory(signs_in=True)

    with waiting(book(therapist.user, therapist), therapist):
        assert not Appointment.objects.exists()

    assert Appointment.objects.get().status == "available"


def test_a_change_of_hours_waits_for_whoever_holds_the_therapist(api):
    therapist = TherapistFactory(signs_in=True)
    row = {"weekday": 1, "start": "09:00", "end": "17:00"}
    hours = f"/api/v1/therapists/{therapist.pk}/hours"

    with waiting(lambda: api(therapist.user).post(hours, row), therapist):
        assert not WorkingHours.objects.exists()

    assert WorkingHours.objects.exists()


def test_the_therapist_is_locked_before_the_client(book):
    client, therapist = UserFactory(), TherapistFactory()

    with waiting(book(client, therapist), client):
        assert elsewhere(is_locked, therapist)

    with waiting(book(client, therapist, start="2030-02-01T10:00Z"), therapist):
        assert not elsewhere(is_locked, client)


def elsewhere(question, row):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_with_own_connection, lambda: question(row)).result(5)


def test_what_is_refused_waits_for_nobody(book):
    therapist = TherapistFactory(notice_hours=24 * 60)
    client = UserFactory()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Therapist.objects.select_for_update().get(pk=therapist.pk)
        User.objects.select_for_update().get(pk=client.pk)
        running = pool.submit(_with_own_connection, book(client, therapist))
        assert running.result(timeout=5).status_code == 422
