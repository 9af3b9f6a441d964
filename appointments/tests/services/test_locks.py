"""Operations wait for the locks of the diaries into which they write.

A race hardly ever shows that a lock is missing; these tests always do.
"""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    CANCELLATION,
    FIRST_SESSION,
    AppointmentFactory,
    SeriesFactory,
)
from appointments.tests.races.locks import block, is_locked
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db(transaction=True)

LATER = {"start": (FIRST_SESSION + timedelta(days=1)).isoformat()}
SERIES = {"type": "one-off", "duration": 60, "every_weeks": 1, "count": 4}


@pytest.fixture
def people():
    return {
        "therapist": TherapistFactory(),
        "client": UserFactory(),
        "other": TherapistFactory(),
    }


@pytest.fixture
def prepare_call(api, people):
    """Prepare an operation; return the call that requests it, and its status."""

    def prepare(operation):
        path, body = operation(**people)
        status = 201 if operation is book_series else 200
        return lambda: api(people["client"]).post(f"/api/v1/{path}", body), status

    return prepare


def book_available(therapist, client, other):
    row = AppointmentFactory(available=True, therapist=therapist)
    return f"appointments/{row.pk}/book", {}


def book_hold(therapist, client, other):
    row = AppointmentFactory(held=True, therapist=therapist, client=client)
    return f"appointments/{row.pk}/book", {}


def move(therapist, client, other):
    row = AppointmentFactory(therapist=therapist, client=client)
    return f"appointments/{row.pk}/move", LATER


def move_to_other(therapist, client, other):
    row = AppointmentFactory(therapist=therapist, client=client)
    return f"appointments/{row.pk}/move", LATER | {"therapist_id": other.pk}


def cancel_published(therapist, client, other):
    row = AppointmentFactory(therapist=therapist, client=client, was_published=True)
    return f"appointments/{row.pk}/cancel", {}


def book_series(therapist, client, other):
    return "series", SERIES | LATER | {"therapist_id": therapist.pk}


LOCKS = [
    (book_available, "therapist"),
    (book_available, "client"),
    (book_hold, "therapist"),
    (book_hold, "client"),
    (move, "therapist"),
    (move, "client"),
    (move_to_other, "therapist"),
    (move_to_other, "client"),
    (move_to_other, "other"),
    (cancel_published, "therapist"),
    (book_series, "therapist"),
    (book_series, "client"),
]


@pytest.mark.parametrize(("operation", "locked"), LOCKS)
def test_an_operation_waits_for_the_locks_of_its_diaries(
    prepare_call, people, operation, locked
):
    call, status = prepare_call(operation)
    before = list(Appointment.objects.values())

    with block(call, people[locked], status):
        assert list(Appointment.objects.values()) == before

    assert list(Appointment.objects.values()) != before


@pytest.mark.parametrize(
    "operation", [book_available, book_hold, move, move_to_other, book_series]
)
def test_therapists_are_locked_before_clients(prepare_call, people, operation):
    call, status = prepare_call(operation)

    with block(call, people["client"], status):
        assert is_locked(people["therapist"])


@pytest.mark.parametrize("locked", ["therapist", "other"])
def test_both_therapists_of_a_move_are_locked_before_the_client(
    prepare_call, people, locked
):
    call, status = prepare_call(move_to_other)

    with block(call, people[locked], status):
        assert not is_locked(people["client"])


def test_a_therapist_who_moves_a_series_locks_colleagues_in_order(api):
    colleague, own = TherapistFactory(), TherapistFactory(signs_in=True)
    series = SeriesFactory(therapist=own)
    series.appointments.filter(occurrence=2).update(
        therapist=colleague, is_exception=True
    )

    def move():
        return api(own.user).post(f"/api/v1/series/{series.pk}/move", LATER)

    with block(move, colleague, 200):
        assert not is_locked(own)


def test_if_match_of_a_series_is_compared_after_the_wait(api):
    series = SeriesFactory()
    client = api(series.client)
    url = f"/api/v1/series/{series.pk}"
    if_match = {"If-Match": client.get(url)["ETag"]}
    first = series.appointments.get(occurrence=1)

    with block(lambda: client.post(f"{url}/cancel", headers=if_match), first, 412):
        Appointment.objects.filter(pk=first.pk).update(**CANCELLATION)

    statuses = series.appointments.order_by("occurrence").values_list("status")
    assert list(statuses) == [("cancelled",), ("booked",)]
