"""Operations that take time in a diary wait for whoever holds it.

A race hardly ever shows that a lock is missing; this always does.
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
from appointments.tests.races.test_races import elsewhere, is_locked, waiting
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db(transaction=True)

LATER = {"start": (FIRST_SESSION + timedelta(days=1)).isoformat()}
SERIES = {"type": "one-off", "duration": 60, "every_weeks": 1, "count": 4}


@pytest.fixture
def people():
    """Whose rows are held: those of the diaries into which the operation writes."""
    return {
        "therapist": TherapistFactory(),
        "client": UserFactory(),
        "other": TherapistFactory(),
    }


@pytest.fixture
def operation(api, operate, people):
    """Prepare an operation, and make the call that asks for it."""

    def take(therapist, client, other):
        row = AppointmentFactory(available=True, therapist=therapist)
        return lambda: operate(client, "book", row)

    def convert(therapist, client, other):
        row = AppointmentFactory(held=True, therapist=therapist, client=client)
        return lambda: operate(client, "book", row)

    def move(therapist, client, other):
        row = AppointmentFactory(therapist=therapist, client=client)
        return lambda: operate(client, "move", row, LATER)

    def hand_over(therapist, client, other):
        row = AppointmentFactory(therapist=therapist, client=client)
        body = LATER | {"therapist_id": other.pk}
        return lambda: operate(client, "move", row, body)

    def publish_again(therapist, client, other):
        row = AppointmentFactory(therapist=therapist, client=client, was_published=True)
        return lambda: operate(client, "cancel", row)

    def repeat(therapist, client, other):
        body = SERIES | LATER | {"therapist_id": therapist.pk}
        return lambda: api(client).post("/api/v1/series", body)

    made = {one.__name__: one for one in (take, convert, move, hand_over)}
    made |= {one.__name__: one for one in (publish_again, repeat)}
    return lambda name: made[name](**people)


@pytest.mark.parametrize(
    ("name", "held"),
    [
        *((name, "therapist") for name in ("take", "convert", "move", "hand_over")),
        *((name, "client") for name in ("take", "convert", "move", "hand_over")),
        ("hand_over", "other"),
        ("publish_again", "therapist"),
        ("repeat", "therapist"),
        ("repeat", "client"),
    ],
)
def test_what_takes_time_waits_for_whoever_holds_the_diary(
    operation, people, name, held
):
    call = operation(name)
    before = list(Appointment.objects.values())

    with waiting(call, people[held], status=201 if name == "repeat" else 200):
        assert list(Appointment.objects.values()) == before

    assert list(Appointment.objects.values()) != before


@pytest.mark.parametrize("name", ["take", "convert", "move", "hand_over", "repeat"])
def test_therapists_are_locked_before_clients(operation, people, name):
    call = operation(name)

    with waiting(call, people["client"], status=201 if name == "repeat" else 200):
        assert elsewhere(is_locked, people["therapist"])


@pytest.mark.parametrize("held", ["therapist", "other"])
def test_both_therapists_of_a_move_are_locked_before_the_client(
    operation, people, held
):
    call = operation("hand_over")

    with waiting(call, people[held], status=200):
        assert not elsewhere(is_locked, people["client"])


def test_a_series_is_compared_with_what_was_seen_after_the_wait(api):
    series = SeriesFactory()
    client = api(series.client)
    url = f"/api/v1/series/{series.pk}"
    seen = {"If-Match": client.get(url)["ETag"]}
    first = series.appointments.get(occurrence=1)

    with waiting(lambda: client.post(f"{url}/cancel", headers=seen), first, 412):
        Appointment.objects.filter(pk=first.pk).update(**CANCELLATION)

    statuses = series.appointments.order_by("occurrence").values_list("status")
    assert list(statuses) == [("cancelled",), ("booked",)]
