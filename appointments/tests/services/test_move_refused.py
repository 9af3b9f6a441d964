"""What cannot be moved, and where to; nothing of it leaves a trace."""

from datetime import timedelta

import pytest

from appointments.models.statuses import CONCLUDED, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    get_user,
)
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
LATER = FIRST_SESSION + 24 * HOUR
EVERYONE = ["client", "therapist", "staff"]


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("code", ["therapist_busy", "client_busy"])
def test_what_is_in_the_way_leaves_everything_as_it_is(
    move, appointment, nothing_changes, who, code
):
    of = {"therapist_busy": "therapist", "client_busy": "client"}[code]
    AppointmentFactory(**{of: getattr(appointment, of)}, start=LATER + HOUR / 2)
    user = get_user(appointment, who)

    with nothing_changes():
        response = move(user, appointment)

    assert response.status_code == 409
    assert refusals(response) == [(None, code)]


@pytest.mark.parametrize("who", ["client", "staff"])
def test_the_diary_that_it_moves_into_may_be_full(
    move, appointment, nothing_changes, who
):
    other = AppointmentFactory(start=LATER).therapist
    user = get_user(appointment, who)

    with nothing_changes():
        response = move(user, appointment, therapist_id=other.pk)

    assert response.status_code == 409
    assert codes(response) == ["therapist_busy"]


@pytest.mark.parametrize("who", EVERYONE)
def test_what_has_started_stays(move, clock, appointment, nothing_changes, who):
    user = get_user(appointment, who)
    clock.move_to(FIRST_SESSION, tick=False)

    with nothing_changes():
        response = move(user, appointment)

    assert response.status_code == 409
    assert codes(response) == ["already_started"]


@pytest.mark.parametrize("who", EVERYONE)
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
def test_nobody_moves_to_where_nothing_can_be(
    move, appointment, nothing_changes, who, start, code
):
    user = get_user(appointment, who)

    with nothing_changes():
        response = move(user, appointment, start)

    assert response.status_code == 400
    assert refusals(response) == [("start", code)]


@pytest.mark.parametrize("body", [{}, {"start": None}, []], ids=["no", "null", "list"])
def test_where_to_has_to_be_said(operate, appointment, nothing_changes, body):
    with nothing_changes():
        response = operate(appointment.client, "move", appointment, body)

    assert response.status_code == 400


@pytest.mark.parametrize("status", [Status.AVAILABLE, Status.HELD, Status.CANCELLED])
def test_only_what_is_booked_moves(move, clerk, nothing_changes, status):
    kind = {"available": True} if status == Status.AVAILABLE else {"status": status}
    row = AppointmentFactory(start=FIRST_SESSION, **kind)

    with nothing_changes():
        response = move(clerk, row)

    assert response.status_code == 409
    already = {Status.CANCELLED: "already_cancelled"}
    assert codes(response) == [already.get(status, "not_booked")]


@pytest.mark.parametrize("status", CONCLUDED)
def test_what_is_concluded_does_not_move(move, nothing_changes, status):
    row = AppointmentFactory(start=NOW - HOUR, status=status)

    with nothing_changes():
        response = move(row.client, row)

    assert response.status_code == 409
    assert codes(response) == [f"already_{status}"]


def test_another_clients_does_not_exist(move, appointment, stranger, nothing_changes):
    with nothing_changes():
        response = move(stranger, appointment)

    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_a_client_does_not_move_what_anyone_may_take(move, stranger, nothing_changes):
    available = AppointmentFactory(available=True)

    with nothing_changes():
        response = move(stranger, available)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]
