"""Within the notice for cancelling, clients do not move, and moves by others stay late."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Role, Status
from appointments.tests.admin import change
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    get_user,
)
from booking.tests import refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NOTICE = FIRST_SESSION - 24 * HOUR  # the last moment at which a client may cancel
LATE = NOTICE + MINUTE
FAR = FIRST_SESSION + timedelta(days=7)


@pytest.fixture
def therapist(db):
    return TherapistFactory(signs_in=True, cancellation_notice_hours=24)


@pytest.fixture
def move_by(api, move, staff, clerk, appointment):
    """Move the appointment as the therapist or staff do, to a week later."""

    def run(way):
        if way == "admin":
            staff.force_login(clerk)
            return change(staff, appointment, start_0=f"{FAR:%Y-%m-%d}")
        return move(get_user(appointment, way), appointment, FAR)

    return run


@pytest.mark.parametrize(("moment", "status"), [(NOTICE, 200), (LATE, 422)])
def test_clients_move_until_the_notice(move, clock, appointment, moment, status):
    clock.move_to(moment, tick=False)
    before = Appointment.objects.values().get()

    response = move(appointment.client, appointment, FAR)

    assert response.status_code == status
    if status == 422:
        assert refusals(response) == [(None, "too_late_to_cancel")]
        assert Appointment.objects.values().get() == before
    else:
        assert (Appointment.objects.get().start, response.data["status"]) == (
            FAR,
            "booked",
        )


def test_a_late_move_is_refused_with_the_rules_that_refuse_it(move, clock, appointment):
    appointment.therapist.horizon_days = 1
    appointment.therapist.save()
    clock.move_to(LATE)

    response = move(appointment.client, appointment, FAR)

    assert refusals(response) == [(None, "too_far"), (None, "too_late_to_cancel")]


def test_a_late_move_to_the_same_time_changes_nothing(move, clock, appointment):
    clock.move_to(LATE)

    response = move(appointment.client, appointment, FIRST_SESSION)

    assert response.status_code == 200
    assert not Appointment.objects.get().moved_late


@pytest.mark.parametrize("way", [Role.THERAPIST, Role.PRACTICE, "admin"])
@pytest.mark.parametrize(("moment", "is_late"), [(NOTICE, False), (LATE, True)])
def test_an_appointment_moved_within_the_notice_is_cancelled_late(
    move_by, operate, clock, appointment, way, moment, is_late
):
    clock.move_to(moment, tick=False)
    assert move_by(way).status_code in (200, 302)

    response = operate(appointment.client, "cancel", appointment)

    assert response.status_code == 200, response.data
    assert response.data["cancelled_late"] is is_late
    row = Appointment.objects.get()
    assert (row.start, row.status) == (FAR, Status.CANCELLED)
    assert (row.cancelled_late, row.moved_late) == (is_late, is_late)


def test_it_stays_late_however_often_it_is_moved(
    move, operate, clock, clerk, appointment
):
    clock.move_to(LATE)
    assert move(clerk, appointment, FAR).status_code == 200
    again = [clerk, appointment.client]
    for number, user in enumerate(again, start=1):
        start = FAR + number * 24 * HOUR
        assert move(user, appointment, start).status_code == 200

    response = operate(appointment.client, "cancel", appointment)

    assert response.data["cancelled_late"] is True


def test_the_notice_of_the_former_therapist_counts(
    move, operate, clock, clerk, appointment
):
    colleague = TherapistFactory(cancellation_notice_hours=0)
    clock.move_to(LATE)
    response = move(clerk, appointment, FIRST_SESSION, therapist_id=colleague.pk)
    assert response.status_code == 200

    response = operate(appointment.client, "cancel", appointment)

    assert (response.status_code, response.data["cancelled_late"]) == (200, True)


def test_what_is_published_again_is_not_late(move, operate, clock, clerk, therapist):
    published = AppointmentFactory(
        therapist=therapist, was_published=True, start=FIRST_SESSION
    )
    clock.move_to(LATE)
    assert move(clerk, published, FAR).status_code == 200
    assert operate(published.client, "cancel", published).status_code == 200
    again = Appointment.objects.get(status="available")
    client = UserFactory()
    assert operate(client, "book", again).status_code == 200

    response = operate(client, "cancel", again)

    assert response.data["cancelled_late"] is False


@pytest.mark.parametrize("correction", ["another client", "another duration"])
def test_only_the_client_who_was_moved_cancels_late(
    move, operate, clock, staff, clerk, appointment, correction
):
    client = UserFactory()
    clock.move_to(LATE)
    staff.force_login(clerk)
    if correction == "another client":
        assert move(clerk, appointment, FAR).status_code == 200
        changed = change(staff, appointment, client=client.pk)
    else:
        client = appointment.client
        changed = change(staff, appointment, duration=50)
        clock.move_to(NOTICE - HOUR)
    assert changed.status_code == 302

    response = operate(client, "cancel", appointment)

    assert response.status_code == 200
    assert response.data["cancelled_late"] is False
