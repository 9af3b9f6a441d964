"""A cancelled appointment that had been published is published again."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Role, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    get_user,
)
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

COLUMNS = ("therapist_id", "type", "start", "end", "busy_until", "overridden")


@pytest.fixture
def appointment(operate):
    """A published appointment that a client booked before the break got longer."""
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


def get_republished(row):
    return Appointment.objects.exclude(pk=row.pk).get()


@pytest.mark.parametrize("role", Role)
def test_cancelling_republishes_the_appointment_as_it_was(operate, appointment, role):
    response = operate(get_user(appointment, role), "cancel", appointment)

    assert response.status_code == 200, response.data
    assert response.data["id"] == appointment.pk
    cancelled = Appointment.objects.get(pk=appointment.pk)
    assert cancelled.status == Status.CANCELLED
    republished = get_republished(appointment)
    assert (republished.status, republished.client) == (Status.AVAILABLE, None)
    assert republished.was_published
    assert [getattr(republished, name) for name in COLUMNS] == [
        getattr(appointment, name) for name in COLUMNS
    ]


@pytest.mark.parametrize("next_client", ["the same", "another"])
def test_an_appointment_can_be_booked_and_cancelled_repeatedly(
    operate, appointment, next_client
):
    client = appointment.client
    for _ in range(3):
        assert operate(client, "cancel", appointment).status_code == 200
        appointment = Appointment.objects.get(status=Status.AVAILABLE)
        client = client if next_client == "the same" else UserFactory()
        assert operate(client, "book", appointment).status_code == 200

    assert Appointment.objects.filter(status=Status.CANCELLED).count() == 3
    assert Appointment.objects.get(status=Status.BOOKED).client == client


def test_a_moved_appointment_is_republished_in_its_last_period(
    operate, move, appointment
):
    assert move(appointment.client, appointment).status_code == 200

    assert operate(appointment.client, "cancel", appointment).status_code == 200

    republished = get_republished(appointment)
    assert republished.start == FIRST_SESSION + 24 * HOUR
    assert republished.busy_until == republished.end + timedelta(minutes=20)


def test_a_moved_appointment_is_republished_in_its_last_diary(
    operate, clerk, move, appointment
):
    other = TherapistFactory()
    assert move(clerk, appointment, therapist_id=other.pk).status_code == 200

    assert operate(clerk, "cancel", appointment).status_code == 200

    assert get_republished(appointment).therapist == other


def test_a_republished_appointment_has_its_own_history(
    get_history, operate, clerk, appointment
):
    assert operate(appointment.client, "cancel", appointment).status_code == 200

    histories = [
        [entry["what"] for entry in get_history(clerk, row)]
        for row in (appointment, get_republished(appointment))
    ]
    assert histories == [["available", "booked", "cancelled"], ["available"]]


@pytest.mark.parametrize(
    ("moment", "republished"),
    [
        pytest.param(FIRST_SESSION - timedelta(seconds=1), 1, id="just before it"),
        pytest.param(FIRST_SESSION, 0, id="as it starts"),
        pytest.param(FIRST_SESSION + HOUR / 2, 0, id="while it runs"),
    ],
)
def test_a_started_appointment_is_not_republished(
    operate, clock, clerk, appointment, moment, republished
):
    clock.move_to(moment, tick=False)

    assert operate(clerk, "cancel", appointment).status_code == 200

    assert Appointment.objects.filter(status=Status.CANCELLED).get() == appointment
    assert Appointment.objects.filter(status=Status.AVAILABLE).count() == republished


def test_a_withdrawn_appointment_is_not_republished(operate, clerk):
    available = AppointmentFactory(available=True)

    assert operate(clerk, "cancel", available).status_code == 200

    assert Appointment.objects.get().status == Status.CANCELLED


def test_an_appointment_that_was_never_published_is_not_republished(operate):
    unpublished = AppointmentFactory(start=FIRST_SESSION)

    assert operate(unpublished.client, "cancel", unpublished).status_code == 200

    assert Appointment.objects.get().status == Status.CANCELLED


def test_a_refused_cancellation_republishes_nothing(
    operate, clock, appointment, nothing_changes
):
    clock.move_to(FIRST_SESSION - HOUR)

    with nothing_changes():
        response = operate(appointment.client, "cancel", appointment)

    assert response.status_code == 422
    assert codes(response) == ["too_late_to_cancel"]
