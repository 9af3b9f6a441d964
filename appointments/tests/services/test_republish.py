"""What was published is published again when a client's part in it ends."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    get_user,
)
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
EVERYONE = ["client", "therapist", "staff"]
PLACE = ("therapist_id", "type", "start", "end", "busy_until", "overridden")


@pytest.fixture
def taken(operate):
    """A published appointment that a client took; its break has changed since."""
    therapist = TherapistFactory(signs_in=True, break_minutes=20)
    row = AppointmentFactory(
        therapist=therapist,
        available=True,
        type="consultation",
        start=FIRST_SESSION,
        overridden=["too_far"],
    )
    assert operate(UserFactory(), "book", row).status_code == 200
    therapist.break_minutes = 45
    therapist.save()
    row.refresh_from_db()
    return row


def republished(row):
    return Appointment.objects.exclude(pk=row.pk).get()


@pytest.mark.parametrize("who", EVERYONE)
def test_it_is_published_again_as_it_was(operate, taken, who):
    response = operate(get_user(taken, who), "cancel", taken)

    assert response.status_code == 200, response.data
    assert response.data["id"] == taken.pk
    again, cancelled = republished(taken), Appointment.objects.get(pk=taken.pk)
    assert cancelled.status == Status.CANCELLED
    assert (again.status, again.client, again.was_published) == (
        Status.AVAILABLE,
        None,
        True,
    )
    assert [getattr(again, name) for name in PLACE] == [
        getattr(taken, name) for name in PLACE
    ]


@pytest.mark.parametrize("who", ["the same client", "another"])
def test_it_can_be_taken_and_cancelled_again_and_again(operate, taken, who):
    client = taken.client
    for _ in range(3):
        assert operate(client, "cancel", taken).status_code == 200
        taken = Appointment.objects.get(status=Status.AVAILABLE)
        client = client if who == "the same client" else UserFactory()
        assert operate(client, "book", taken).status_code == 200

    assert Appointment.objects.filter(status=Status.CANCELLED).count() == 3
    assert Appointment.objects.get(status=Status.BOOKED).client == client


def test_it_is_published_at_the_last_of_its_times(operate, move, taken):
    assert move(taken.client, taken).status_code == 200

    assert operate(taken.client, "cancel", taken).status_code == 200

    again = republished(taken)
    assert again.start == FIRST_SESSION + 24 * HOUR
    assert again.busy_until == again.end + timedelta(minutes=20)


def test_it_is_published_in_the_last_of_its_diaries(operate, clerk, move, taken):
    other = TherapistFactory()
    assert move(clerk, taken, therapist_id=other.pk).status_code == 200

    assert operate(clerk, "cancel", taken).status_code == 200

    assert republished(taken).therapist == other


def test_it_has_a_history_of_its_own(api, operate, clerk, taken):
    assert operate(taken.client, "cancel", taken).status_code == 200

    def told(row):
        rows = api(clerk).get(f"{URL}/{row.pk}/history").json()["results"]
        return [entry["what"] for entry in rows]

    assert told(taken) == ["available", "booked", "cancelled"]
    assert told(republished(taken)) == ["available"]


@pytest.mark.parametrize(
    ("moment", "again"),
    [
        pytest.param(FIRST_SESSION - timedelta(seconds=1), 1, id="just before it"),
        pytest.param(FIRST_SESSION, 0, id="as it starts"),
        pytest.param(FIRST_SESSION + HOUR / 2, 0, id="while it runs"),
    ],
)
def test_what_has_started_is_not_published_again(
    operate, clock, clerk, taken, moment, again
):
    clock.move_to(moment, tick=False)

    assert operate(clerk, "cancel", taken).status_code == 200

    assert Appointment.objects.filter(status=Status.CANCELLED).get() == taken
    assert Appointment.objects.filter(status=Status.AVAILABLE).count() == again


def test_what_was_withdrawn_is_not_published_again(operate, clerk):
    available = AppointmentFactory(available=True)

    assert operate(clerk, "cancel", available).status_code == 200

    assert Appointment.objects.get().status == Status.CANCELLED


def test_what_was_never_published_is_not_published(operate, appointment):
    assert operate(appointment.client, "cancel", appointment).status_code == 200

    assert Appointment.objects.get().status == Status.CANCELLED


def test_refused_nothing_is_published(operate, clock, taken, nothing_changes):
    clock.move_to(FIRST_SESSION - HOUR)

    with nothing_changes():
        response = operate(taken.client, "cancel", taken)

    assert response.status_code == 422
    assert codes(response) == ["too_late_to_cancel"]
