"""Each operation in each status: allowed once, or refused with its code."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import TRANSITIONS, Operation, Status
from appointments.tests.factories import FIRST_SESSION, HOUR, NOW, AppointmentFactory
from booking.tests import codes

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
LATER = {"start": "2030-03-04T10:00:00Z"}
# These operations are requested before the start, the others after it.
BEFORE_START = {Operation.BOOK, Operation.MOVE, Operation.CANCEL}
ALREADY = {
    Status.COMPLETED: "already_completed",
    Status.NO_SHOW: "already_no_show",
    Status.CANCELLED: "already_cancelled",
}
REFUSED = {
    Operation.BOOK: ALREADY
    | {Status.BOOKED: "already_booked", Status.HELD: "already_held"},
    Operation.MOVE: ALREADY
    | {Status.AVAILABLE: "not_booked", Status.HELD: "not_booked"},
    Operation.CANCEL: ALREADY,
    Operation.COMPLETE: ALREADY
    | {Status.AVAILABLE: "not_booked", Status.HELD: "not_booked"},
    Operation.NO_SHOW: ALREADY
    | {Status.AVAILABLE: "not_booked", Status.HELD: "not_booked"},
    Operation.REOPEN: {
        Status.AVAILABLE: "not_completed",
        Status.HELD: "not_completed",
        Status.BOOKED: "not_completed",
        Status.CANCELLED: "already_cancelled",
    },
}
# Only its client books a hold; test_holds.py has that.
CASES = [
    (operation, status)
    for operation in Operation
    for status in Status
    if (operation, status) != (Operation.BOOK, Status.HELD)
]


@pytest.fixture
def operate_in_time(api, clock, clerk):
    """Request an operation as staff, at a moment at which its time limit allows it."""

    def post(appointment, operation):
        has_started = operation not in BEFORE_START
        clock.move_to(appointment.start + timedelta(minutes=10) if has_started else NOW)
        body = LATER if operation == Operation.MOVE else {}
        if operation == Operation.BOOK and appointment.client_id is None:
            body = {"client_id": UserFactory().pk}
        return api(clerk).post(f"{URL}/{appointment.pk}/{operation}", body)

    return post


def create_appointment(status):
    available = {"available": True} if status == Status.AVAILABLE else {}
    held = {"hold_expires_at": FIRST_SESSION + HOUR} if status == Status.HELD else {}
    return AppointmentFactory(
        start=FIRST_SESSION, **available or {"status": status} | held
    )


@pytest.mark.parametrize(("operation", "status"), CASES)
def test_an_operation_works_once_or_is_refused(
    operate_in_time, nothing_changes, operation, status
):
    appointment = create_appointment(status)
    expected = TRANSITIONS[operation].targets.get(status)
    if expected is None:
        with nothing_changes():
            response = operate_in_time(appointment, operation)
        assert response.status_code == 409
        assert codes(response) == [REFUSED[operation][status]]
        return

    response = operate_in_time(appointment, operation)

    assert response.status_code == 200, response.data
    assert response.data["status"] == expected
    assert Appointment.objects.get().status == expected
    if operation != Operation.MOVE:
        assert operate_in_time(appointment, operation).status_code == 409
