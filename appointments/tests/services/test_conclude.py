"""Whether it took place, and how staff undo what was said of that."""

from datetime import timedelta

import pytest

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
DAYS = timedelta(days=7)
SAID = FIRST_SESSION + HOUR
OPERATIONS = {"complete": Status.COMPLETED, "no_show": Status.NO_SHOW}


@pytest.mark.parametrize("who", ["therapist", "staff"])
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("moment", "status"),
    [
        pytest.param(FIRST_SESSION - SECOND, 409, id="just before its start"),
        pytest.param(FIRST_SESSION, 200, id="as it starts"),
        pytest.param(FIRST_SESSION + HOUR, 200, id="at its end"),
        pytest.param(FIRST_SESSION + 52 * DAYS, 200, id="a year later"),
    ],
)
def test_it_is_concluded_from_its_start_on(
    operate, clock, appointment, who, operation, moment, status
):
    user = get_user(appointment, who)
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
def test_a_client_does_not_say_whether_it_took_place(
    operate, clock, appointment, nothing_changes, operation
):
    clock.move_to(FIRST_SESSION)

    with nothing_changes():
        response = operate(appointment.client, operation, appointment)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


@pytest.mark.parametrize("operation", [*OPERATIONS, "reopen"])
def test_for_strangers_there_is_nothing_to_conclude(
    operate, clock, appointment, stranger, nothing_changes, operation
):
    colleague = TherapistFactory(signs_in=True).user
    clock.move_to(FIRST_SESSION)

    with nothing_changes():
        answers = [
            operate(user, operation, appointment) for user in (stranger, colleague)
        ]

    for response in answers:
        assert response.status_code == 404
        assert codes(response) == ["not_found"]


@pytest.mark.parametrize("status", CONCLUDED)
def test_a_concluded_one_still_occupies_its_time(add, clerk, status, nothing_changes):
    done = AppointmentFactory(start=FIRST_SESSION, status=status)

    with nothing_changes():
        response = add(clerk, booking_request(done.therapist))

    assert response.status_code == 409
    assert codes(response) == ["therapist_busy"]


@pytest.fixture(params=CONCLUDED)
def concluded(request, therapist):
    return AppointmentFactory(
        therapist=therapist,
        start=FIRST_SESSION,
        status=request.param,
        concluded_at=SAID,
    )


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        pytest.param(SAID + SECOND, 200, id="at once"),
        pytest.param(SAID + DAYS, 200, id="on the seventh day"),
        pytest.param(SAID + DAYS + SECOND, 409, id="after the seventh day"),
    ],
)
def test_staff_reopen_it_within_seven_days(
    operate, clerk, clock, concluded, moment, status
):
    clock.move_to(moment, tick=False)
    before = Appointment.objects.values().get()

    response = operate(clerk, "reopen", concluded)

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


@pytest.mark.parametrize("who", ["client", "therapist"])
def test_only_staff_reopen(operate, clock, concluded, nothing_changes, who):
    user = get_user(concluded, who)
    clock.move_to(SAID)

    with nothing_changes():
        response = operate(user, "reopen", concluded)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_a_therapist_who_is_staff_reopens_their_own(operate, clock, concluded):
    user = concluded.therapist.user
    user.is_staff = True
    user.save()
    clock.move_to(SAID + SECOND)

    response = operate(user, "reopen", concluded)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().status == Status.BOOKED


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_was_reopened_can_be_concluded_anew(
    operate, clerk, clock, concluded, operation
):
    clock.move_to(SAID + HOUR, tick=False)
    assert operate(clerk, "reopen", concluded).status_code == 200

    response = operate(concluded.therapist.user, operation, concluded)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.status, row.concluded_at) == (OPERATIONS[operation], SAID + HOUR)
