"""Cancelling: until when, by whom, and with which reason."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import CancellationReason, Role, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NOTICE = FIRST_SESSION - 24 * HOUR


@pytest.mark.parametrize("role", Role)
def test_a_cancelled_appointment_records_role_moment_and_reason(
    operate, clock, appointment, role
):
    clock.move_to(NOW + HOUR, tick=False)
    before = Appointment.objects.values().get()

    response = operate(
        get_user(appointment, role), "cancel", appointment, {"reason": "illness"}
    )

    assert response.status_code == 200, response.data
    assert Appointment.objects.values().get() == before | {
        "status": Status.CANCELLED,
        "cancelled_by": role,
        "cancelled_at": NOW + HOUR,
        "cancellation_reason": CancellationReason.ILLNESS,
        "cancelled_late": False,
        "updated_at": NOW + HOUR,
    }
    expected = {
        "id": appointment.pk,
        "status": "cancelled",
        "cancelled_by": role,
        "cancelled_at": "2029-12-01T09:00:00Z",
        "cancellation_reason": "illness",
        "cancelled_late": False,
    }
    assert response.json().items() >= expected.items()
    assert response.data["client"]["id"] == appointment.client_id


@pytest.mark.parametrize("reason", CancellationReason.values)
def test_every_reason_is_stored(operate, appointment, reason):
    response = operate(appointment.client, "cancel", appointment, {"reason": reason})

    assert response.status_code == 200, response.data
    assert response.data["cancellation_reason"] == reason
    assert Appointment.objects.get().cancellation_reason == reason


def test_the_reason_is_optional(operate, appointment):
    response = operate(appointment.client, "cancel", appointment)

    assert response.status_code == 200, response.data
    assert response.data["cancellation_reason"] is None
    assert Appointment.objects.get().cancellation_reason == ""


@pytest.mark.parametrize("reason", ["", "bored", "Illness", None, 1, ["illness"]])
def test_an_unknown_reason_is_refused(operate, appointment, nothing_changes, reason):
    with nothing_changes():
        response = operate(
            appointment.client, "cancel", appointment, {"reason": reason}
        )

    assert response.status_code == 400
    assert [attr for attr, _ in refusals(response)] == ["reason"]


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        pytest.param(NOTICE - MINUTE, 200, id="a minute before the notice"),
        pytest.param(NOTICE, 200, id="just at the notice"),
        pytest.param(NOTICE + MINUTE, 422, id="a minute after the notice"),
        pytest.param(FIRST_SESSION, 422, id="as it starts"),
        pytest.param(FIRST_SESSION + HOUR - MINUTE, 422, id="just before its end"),
    ],
)
def test_clients_cancel_until_the_notice(operate, clock, appointment, moment, status):
    clock.move_to(moment, tick=False)
    before = Appointment.objects.values().get()

    response = operate(appointment.client, "cancel", appointment)

    assert response.status_code == status
    if status == 422:
        assert refusals(response) == [(None, "too_late_to_cancel")]
        assert Appointment.objects.values().get() == before
    else:
        assert Appointment.objects.get().status == Status.CANCELLED
        assert not Appointment.objects.get().cancelled_late


@pytest.mark.parametrize("hours", [0, 1, 24 * 7])
def test_the_notice_is_that_of_the_therapist(operate, clock, appointment, hours):
    appointment.therapist.cancellation_notice_hours = hours
    appointment.therapist.save()
    clock.move_to(FIRST_SESSION - hours * HOUR + MINUTE, tick=False)

    late = operate(appointment.client, "cancel", appointment)
    clock.move_to(FIRST_SESSION - hours * HOUR, tick=False)
    in_time = operate(appointment.client, "cancel", appointment)

    assert (late.status_code, in_time.status_code) == (422, 200)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.PRACTICE])
@pytest.mark.parametrize(
    ("moment", "status"),
    [
        pytest.param(NOTICE, 200, id="just at the notice"),
        pytest.param(NOTICE + MINUTE, 200, id="after the notice"),
        pytest.param(FIRST_SESSION + HOUR - MINUTE, 200, id="just before its end"),
        pytest.param(FIRST_SESSION + HOUR, 409, id="at its end"),
        pytest.param(FIRST_SESSION + 2 * HOUR, 409, id="after its end"),
    ],
)
def test_therapist_and_staff_cancel_until_the_end(
    operate, clock, appointment, role, moment, status
):
    user = get_user(appointment, role)
    clock.move_to(moment, tick=False)

    response = operate(user, "cancel", appointment)

    assert response.status_code == status
    row = Appointment.objects.get()
    if status == 409:
        assert refusals(response) == [(None, "already_over")]
        assert row.status == Status.BOOKED
    else:
        assert (row.status, row.cancelled_by) == (Status.CANCELLED, role)
        assert row.cancelled_late == (moment > NOTICE)


def test_clients_cannot_cancel_after_the_end(
    operate, clock, appointment, nothing_changes
):
    clock.move_to(FIRST_SESSION + HOUR, tick=False)

    with nothing_changes():
        response = operate(appointment.client, "cancel", appointment)

    assert response.status_code == 409
    assert codes(response) == ["already_over"]


def test_a_cancelled_period_can_be_booked_again(operate, add, appointment):
    assert operate(appointment.client, "cancel", appointment).status_code == 200

    response = add(appointment.client, booking_request(appointment.therapist))

    assert response.status_code == 201, response.data
    assert response.data["id"] != appointment.pk


def test_another_clients_appointment_is_not_found(
    operate, appointment, nothing_changes, stranger
):
    colleague = TherapistFactory(signs_in=True).user

    with nothing_changes():
        responses = [
            operate(user, "cancel", appointment) for user in (stranger, colleague)
        ]

    for response in responses:
        assert response.status_code == 404
        assert codes(response) == ["not_found"]


def test_the_notice_binds_a_therapist_who_is_the_client(operate, clock):
    appointment = AppointmentFactory(
        client=TherapistFactory(signs_in=True).user, start=FIRST_SESSION
    )
    clock.move_to(NOTICE + MINUTE)

    assert codes(operate(appointment.client, "cancel", appointment)) == [
        "too_late_to_cancel"
    ]


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.PRACTICE])
def test_the_therapist_and_staff_withdraw_an_available_appointment(
    operate, therapist, role
):
    appointment = AppointmentFactory(
        therapist=therapist, available=True, start=NOW + HOUR
    )

    response = operate(get_user(appointment, role), "cancel", appointment)

    assert response.status_code == 200, response.data
    row = Appointment.objects.get()
    assert (row.status, row.cancelled_by, row.client) == (
        Status.CANCELLED,
        role,
        None,
    )
    assert not row.cancelled_late


def test_a_client_cannot_withdraw_an_available_appointment(
    operate, stranger, nothing_changes
):
    appointment = AppointmentFactory(available=True)

    with nothing_changes():
        response = operate(stranger, "cancel", appointment)

    assert response.status_code == 403
    assert codes(response) == ["permission_denied"]


def test_a_withdrawn_appointment_cannot_be_booked(operate, clerk, nothing_changes):
    appointment = AppointmentFactory(available=True)
    body = {"client_id": UserFactory().pk}
    assert operate(clerk, "cancel", appointment).status_code == 200

    with nothing_changes():
        response = operate(clerk, "book", appointment, body)

    assert response.status_code == 409
    assert codes(response) == ["already_cancelled"]
