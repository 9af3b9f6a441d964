"""Operations that another one overtakes between the snapshot and the change.

In races/ they run at the same moment; here the other always comes in between.
"""

import pytest
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, AppointmentRead
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/appointments"
CHANGE = "UPDATE appointments_appointment"
LATER = {"start": "2030-03-04T10:00:00Z"}


@pytest.mark.parametrize(
    ("operation", "first", "code"),
    [
        ("move", "cancel", "already_cancelled"),
        ("cancel", "cancel", "already_cancelled"),
        ("complete", "no_show", "already_no_show"),
        ("no_show", "complete", "already_completed"),
        ("cancel", "complete", "already_completed"),
        ("complete", "cancel", "already_cancelled"),
        ("reopen", "reopen", "not_completed"),
    ],
)
def test_an_overtaken_operation_is_refused_for_the_new_status(
    operate, clock, overtaken, operation, first, code
):
    staff = UserFactory(staff=True)
    concluded = {"status": Status.COMPLETED} if operation == "reopen" else {}
    appointment = AppointmentFactory(start=FIRST_SESSION, **concluded)
    if operation != "move":
        clock.move_to(FIRST_SESSION + HOUR / 2)

    with overtaken(
        lambda: operate(staff, first, appointment), before=CHANGE
    ) as responses:
        body = LATER if operation == "move" else {}
        response = operate(staff, operation, appointment, body)

    assert responses[0].status_code == 200, responses[0].data
    assert response.status_code == 409, response.data
    assert codes(response) == [code]
    assert Appointment.objects.get().status == responses[0].data["status"]


@pytest.mark.parametrize("if_match", [False, True], ids=["no If-Match", "If-Match"])
@pytest.mark.parametrize("operation", ["cancel", "move"])
def test_a_move_meanwhile_refuses_only_a_request_with_if_match(
    api, operate, overtaken, operation, if_match
):
    appointment = AppointmentFactory(start=FIRST_SESSION)
    client = appointment.client
    etag = api(client).get(f"{URL}/{appointment.pk}")["ETag"]
    headers = {"If-Match": etag} if if_match else {}
    body = {"start": "2030-03-05T10:00:00Z"} if operation == "move" else {}

    with overtaken(
        lambda: operate(client, "move", appointment, LATER), before=CHANGE
    ) as first:
        response = operate(client, operation, appointment, body, **headers)

    appointment = Appointment.objects.get()
    assert first[0].status_code == 200
    if if_match:
        assert response.status_code == 412
        assert (appointment.status, appointment.start.month) == (Status.BOOKED, 3)
        assert first[0].json()["start"] == LATER["start"]
    else:
        assert response.status_code == 200, response.data
        assert response.json()["start"] == (body or LATER)["start"]
        assert appointment.status == response.data["status"]


def test_the_slower_of_two_bookings_is_refused_as_a_conflict(operate, overtaken):
    appointment = AppointmentFactory(available=True)
    first, second = UserFactory(), UserFactory()

    with overtaken(
        lambda: operate(first, "book", appointment), before=CHANGE
    ) as responses:
        response = operate(second, "book", appointment)

    assert (responses[0].status_code, response.status_code) == (200, 409)
    assert codes(response) == ["therapist_busy"]
    assert Appointment.objects.get().client == first


@pytest.mark.parametrize("published", [False, True])
def test_a_sweep_meanwhile_does_not_refuse_an_operation(
    operate, clock, overtaken, published
):
    hold = AppointmentFactory(held=True, was_published=published, start=FIRST_SESSION)
    client = UserFactory()
    appointment, operation, body = hold, "book", {}
    if not published:
        appointment = AppointmentFactory(therapist=hold.therapist, client=client)
        operation, body = "move", {"start": FIRST_SESSION.isoformat()}
    clock.move_to(NOW + HOUR)

    with overtaken(lambda: call_command("sweep"), before=CHANGE):
        response = operate(client, operation, appointment, body)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().client == client


def test_a_hold_swept_while_it_is_cancelled_is_not_found(operate, clock, overtaken):
    hold = AppointmentFactory(held=True, start=FIRST_SESSION)

    def sweep_expired():
        clock.move_to(NOW + HOUR)
        call_command("sweep")

    with overtaken(sweep_expired, before=CHANGE):
        response = operate(hold.client, "cancel", hold)

    assert response.status_code == 404
    assert codes(response) == ["not_found"]
    assert not Appointment.objects.exists()


def test_an_available_appointment_that_is_lost_twice_is_refused_as_a_conflict(
    api, overtaken
):
    """Another client holds it and cancels the hold, and then a third one books it."""
    appointment = AppointmentFactory(available=True, start=FIRST_SESSION)
    request = booking_request(appointment.therapist)

    def hold_and_cancel():
        other = api(UserFactory())
        hold = other.post(URL, request | {"hold": True})
        assert hold.status_code == 201
        return other.post(f"{URL}/{hold.json()['id']}/cancel", {})

    def book():
        return api(UserFactory()).post(URL, request)

    with overtaken(hold_and_cancel, book, before=CHANGE):
        response = api(UserFactory()).post(URL, request)

    assert response.status_code == 409, response.data
    assert codes(response) == ["therapist_busy"]


def test_a_move_to_where_it_is_does_not_find_what_a_colleague_got_meanwhile(
    clerk, move, overtaken
):
    appointment = AppointmentFactory(therapist__signs_in=True, start=FIRST_SESSION)
    colleague = TherapistFactory()

    with overtaken(
        lambda: move(clerk, appointment, therapist_id=colleague.pk),
        before="AS client_email",
    ) as responses:
        response = move(appointment.therapist.user, appointment, FIRST_SESSION)

    assert responses[0].status_code == 200
    assert response.status_code == 404
    assert not AppointmentRead.objects.exists()
