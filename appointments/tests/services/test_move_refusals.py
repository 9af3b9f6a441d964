"""Moves that are refused. None of them changes a row."""

from datetime import timedelta

import pytest

from appointments.models.statuses import CONCLUDED, Role, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    get_user,
)
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

LATER = FIRST_SESSION + 24 * HOUR


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("code", ["therapist_busy", "client_busy"])
def test_a_move_that_overlaps_another_appointment_is_refused(
    move, appointment, nothing_changes, role, code
):
    participant = {"therapist_busy": "therapist", "client_busy": "client"}[code]
    AppointmentFactory(
        **{participant: getattr(appointment, participant)}, start=LATER + HOUR / 2
    )
    user = get_user(appointment, role)

    with nothing_changes():
        response = move(user, appointment)

    assert response.status_code == 409
    assert refusals(response) == [(None, code)]


@pytest.mark.parametrize("role", ["client", "practice"])
def test_a_move_to_a_busy_therapist_is_refused(
    move, appointment, nothing_changes, role
):
    other = AppointmentFactory(start=LATER).therapist
    user = get_user(appointment, role)

    with nothing_changes():
        response = move(user, appointment, therapist_id=other.pk)

    assert response.status_code == 409
    assert codes(response) == ["therapist_busy"]


@pytest.mark.parametrize("role", Role)
def test_a_started_appointment_cannot_be_moved(
    move, clock, appointment, nothing_changes, role
):
    user = get_user(appointment, role)
    clock.move_to(FIRST_SESSION, tick=False)

    with nothing_changes():
        response = move(user, appointment)

    assert response.status_code == 409
    assert codes(response) == ["already_started"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("start", "code"),
    [
        pytest.param(NOW - HOUR, "in_the_past", id="the past"),
        pytest.param(NOW, "in_the_past", id="now"),
        pytest.param(NOW.replace(year=2050), "out_of_range", id="too far away"),
        pytest.param(
            LATER + timedelta(seconds=1), "not_whole_minute", id="between minutes"
        ),
    ],
)
def test_an_impossible_start_is_refused(
    move, appointment, nothing_changes, role, start, code
):
    user = get_user(appointment, role)

    with nothing_changes():
        response = move(user, appointment, start)

    assert response.status_code == 400
    assert refusals(response) == [("start", code)]


@pytest.mark.parametrize("body", [{}, {"start": None}, []], ids=["no", "null", "list"])
def test_the_start_is_required(operate, appointment, nothing_changes, body):
    with nothing_changes():
        response = operate(appointment.client, "move", appointment, body)

    assert response.status_code == 400


@pytest.mark.parametrize("status", [Status.AVAILABLE, Status.HELD, Status.CANCELLED])
def test_an_appointment_that_is_not_booked_cannot_be_moved(
    move, clerk, nothing_changes, status
):
    kind = {"available": True} if status == Status.AVAILABLE else {"status": status}
    appointment = AppointmentFactory(start=FIRST_SESSION, **kind)

    with nothing_changes():
        response = move(clerk, appointment)

    assert response.status_code == 409
    already = {Status.CANCELLED: "already_cancelled"}
    assert codes(response) == [already.get(status, "not_booked")]


@pytest.mark.parametrize("status", CONCLUDED)
def test_a_concluded_appointment_cannot_be_moved(move, nothing_changes, status):
    appointment = AppointmentFactory(start=NOW - HOUR, status=status)

    with nothing_changes():
        response = move(appointment.client, appointment)

    assert response.status_code == 409
    assert codes(response) == [f"already_{status}"]


def test_another_clients_appointment_is_not_found(
    move, appointment, stranger, nothing_changes
):
    with nothing_changes():
        response = move(stranger, appointment)

    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_a_client_cannot_move_an_available_appointment(move, stranger, nothing_changes):
    appointment = AppointmentFactory(available=True)

    with nothing_changes():
        response = move(stranger, appointment)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]
