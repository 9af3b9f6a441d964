"""Completing, recording a no-show, and reopening."""

from datetime import timedelta

import pytest

from accounts.tests.factories import make_staff
from appointments.models import Appointment
from appointments.models.statuses import CONCLUDED, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)
CONCLUDED_AT = FIRST_SESSION + HOUR
OPERATIONS = {"complete": Status.COMPLETED, "no_show": Status.NO_SHOW}


@pytest.mark.parametrize("role", ["therapist", "practice"])
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("moment", "status"),
    [
        pytest.param(FIRST_SESSION - SECOND, 409, id="just before its start"),
        pytest.param(FIRST_SESSION, 200, id="as it starts"),
        pytest.param(FIRST_SESSION + HOUR, 200, id="at its end"),
        pytest.param(FIRST_SESSION + 52 * WEEK, 200, id="a year later"),
    ],
)
def test_an_appointment_is_concluded_from_its_start_on(
    operate, clock, appointment, role, operation, moment, status
):
    user = get_user(appointment, role)
    clock.move_to(moment, tick=False)
    before = Appointment.objects.values().get()

    response = operate(user, operation, appointment)

    assert response.status_code == status
    after = Appointment.objects.values().get()
    if status == 409:
        assert refusals(response) == [(None, "not_started")]
        assert after == before
    else:
        assert response.data["status"] == OPERATIONS[operation]
        assert after == before | {
            "status": OPERATIONS[operation],
            "concluded_at": moment,
            "updated_at": moment,
        }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_client_cannot_conclude(
    operate, clock, appointment, nothing_changes, operation
):
    clock.move_to(FIRST_SESSION)

    with nothing_changes():
        response = operate(appointment.client, operation, appointment)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


@pytest.mark.parametrize("operation", [*OPERATIONS, "reopen"])
def test_another_users_appointment_is_not_found(
    operate, clock, appointment, stranger, nothing_changes, operation
):
    colleague = TherapistFactory(signs_in=True).user
    clock.move_to(FIRST_SESSION)

    with nothing_changes():
        responses = [
            operate(user, operation, appointment) for user in (stranger, colleague)
        ]

    for response in responses:
        assert response.status_code == 404
        assert codes(response) == ["not_found"]


@pytest.mark.parametrize("status", CONCLUDED)
def test_a_concluded_appointment_still_occupies_its_period(
    add, clerk, status, nothing_changes
):
    appointment = AppointmentFactory(start=FIRST_SESSION, status=status)

    with nothing_changes():
        response = add(clerk, booking_request(appointment.therapist))

    assert response.status_code == 409
    assert codes(response) == ["therapist_busy"]


@pytest.fixture(params=CONCLUDED)
def concluded_appointment(request, therapist):
    return AppointmentFactory(
        therapist=therapist,
        start=FIRST_SESSION,
        status=request.param,
        concluded_at=CONCLUDED_AT,
    )


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        pytest.param(CONCLUDED_AT + SECOND, 200, id="at once"),
        pytest.param(CONCLUDED_AT + WEEK, 200, id="on the seventh day"),
        pytest.param(CONCLUDED_AT + WEEK + SECOND, 409, id="after the seventh day"),
    ],
)
def test_staff_reopen_within_seven_days(
    operate, clerk, clock, concluded_appointment, moment, status
):
    clock.move_to(moment, tick=False)
    before = Appointment.objects.values().get()

    response = operate(clerk, "reopen", concluded_appointment)

    assert response.status_code == status
    after = Appointment.objects.values().get()
    if status == 409:
        assert refusals(response) == [(None, "too_late_to_reopen")]
        assert after == before
    else:
        assert response.data["status"] == "booked"
        assert after == before | {
            "status": Status.BOOKED,
            "concluded_at": None,
            "updated_at": moment,
        }


@pytest.mark.parametrize("role", ["client", "therapist"])
def test_clients_and_therapists_cannot_reopen(
    operate, clock, concluded_appointment, nothing_changes, role
):
    user = get_user(concluded_appointment, role)
    clock.move_to(CONCLUDED_AT)

    with nothing_changes():
        response = operate(user, "reopen", concluded_appointment)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_a_therapist_who_is_staff_reopens_in_their_own_diary(
    operate, clock, concluded_appointment
):
    user = concluded_appointment.therapist.user
    make_staff(user)
    clock.move_to(CONCLUDED_AT + SECOND)

    response = operate(user, "reopen", concluded_appointment)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().status == Status.BOOKED


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reopened_appointment_can_be_concluded_again(
    operate, clerk, clock, concluded_appointment, operation
):
    clock.move_to(CONCLUDED_AT + HOUR, tick=False)
    assert operate(clerk, "reopen", concluded_appointment).status_code == 200

    response = operate(
        concluded_appointment.therapist.user, operation, concluded_appointment
    )

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.status, row.concluded_at) == (
        OPERATIONS[operation],
        CONCLUDED_AT + HOUR,
    )
