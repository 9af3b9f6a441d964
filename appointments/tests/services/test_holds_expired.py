"""Expired holds that nothing has released yet; they are treated as gone."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Role, Status
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

URL = "/api/v1/appointments"
EXPIRY = NOW + timedelta(minutes=10)
SLOTS = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}


@pytest.fixture
def hold(therapist_with_hours, clock):
    """A hold of no published appointment, which has just expired."""
    hold = AppointmentFactory(
        therapist=therapist_with_hours, held=True, start=FIRST_SESSION
    )
    clock.move_to(EXPIRY, tick=False)
    return hold


@pytest.mark.parametrize(
    ("early", "status"),
    [
        pytest.param(timedelta(microseconds=1), 200, id="a microsecond before"),
        pytest.param(timedelta(), 404, id="at its expiry"),
    ],
)
def test_a_hold_lasts_to_the_microsecond(api, clock, hold, early, status):
    clock.move_to(EXPIRY - early, tick=False)

    assert api(hold.client).get(f"{URL}/{hold.pk}").status_code == status


@pytest.mark.parametrize("role", Role)
def test_an_expired_hold_is_not_found(api, list_ids, hold, nothing_changes, role):
    user = get_user(hold, role)

    with nothing_changes():
        detail = api(user).get(f"{URL}/{hold.pk}")
        history = api(user).get(f"{URL}/{hold.pk}/history")
        everything = list_ids(user)
        by_status = [list_ids(user, status=status) for status in Status]

    assert detail.status_code == history.status_code == 404
    assert everything == []
    assert by_status == [[]] * len(Status)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("operation", ["move", "cancel", "complete", "no_show"])
def test_no_operation_finds_an_expired_hold(
    operate, hold, nothing_changes, role, operation
):
    user = get_user(hold, role)
    body = {"start": "2030-03-04T10:00Z"} if operation == "move" else {}

    with nothing_changes():
        response = operate(user, operation, hold, body)

    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_search_finds_the_slot_of_an_expired_hold(api, hold, nothing_changes):
    with nothing_changes():
        slots = api().get("/api/v1/slots", SLOTS).json()["results"]

    assert [slot["start"][11:16] for slot in slots[:2]] == ["09:00", "09:30"]
    assert slots[0]["appointment_id"] is None


@pytest.mark.parametrize(
    ("role", "holds"),
    [
        ("its client", False),
        ("its client", True),
        ("another client", False),
        ("another client", True),
        ("therapist", False),
        ("practice", False),
    ],
)
def test_an_expired_hold_leaves_its_therapist_free(add, hold, role, holds):
    user = {"its client": hold.client, "another client": UserFactory()}.get(role)
    overlapping = (FIRST_SESSION + HOUR / 2).isoformat()
    request = booking_request(hold.therapist, start=overlapping, hold=holds)

    response = add(user or get_user(hold, role), request)

    assert response.status_code == 201, response.data
    assert Appointment.objects.get().pk == response.data["id"] != hold.pk


@pytest.mark.parametrize("role", ["its client", "practice"])
def test_an_expired_hold_leaves_its_client_free(add, hold, role):
    request = booking_request(TherapistFactory())
    if role == "practice":
        request["client_id"] = hold.client_id

    response = add(
        UserFactory(staff=True) if role == "practice" else hold.client, request
    )

    assert response.status_code == 201, response.data
    assert Appointment.objects.get().client == hold.client


def test_an_expired_hold_prevents_neither_booking_nor_moving(operate, hold):
    client, therapist = hold.client, hold.therapist
    available = AppointmentFactory(
        available=True, start=FIRST_SESSION + HOUR / 2, therapist=TherapistFactory()
    )
    appointment = AppointmentFactory(
        therapist=therapist, start=FIRST_SESSION + 3 * HOUR
    )

    booked = operate(client, "book", available)
    moved = operate(
        appointment.client, "move", appointment, {"start": FIRST_SESSION.isoformat()}
    )

    assert (booked.status_code, moved.status_code) == (200, 200)
    assert not Appointment.objects.filter(pk=hold.pk).exists()


def test_an_expired_hold_does_not_prevent_an_addition_in_the_admin(
    staff, hold, stranger
):
    form = {
        "therapist": hold.therapist.pk,
        "client": stranger.pk,
        "type": "one-off",
        "status": "booked",
        "start_0": "2030-01-07",
        "start_1": "09:30",
        "duration": 60,
    }

    response = staff.post("/admin/appointments/appointment/add/", form)

    assert response.status_code == 302, response.context["errors"]
    assert Appointment.objects.get().client == stranger


def test_another_appointment_at_the_time_is_still_a_conflict(add, hold, stranger):
    AppointmentFactory(therapist=hold.therapist, start=FIRST_SESSION + HOUR)
    overlapping_both = (FIRST_SESSION + HOUR / 2).isoformat()

    response = add(stranger, booking_request(hold.therapist, start=overlapping_both))

    assert response.status_code == 409
    assert refusals(response) == [(None, "therapist_busy")]
    assert not Appointment.objects.filter(client=stranger).exists()


@pytest.mark.parametrize("swept", [False, True], ids=["not swept", "swept"])
def test_a_client_cannot_book_their_expired_hold(operate, hold, nothing_changes, swept):
    if swept:
        call_command("sweep")

    with nothing_changes():
        response = operate(hold.client, "book", hold)

    assert response.status_code == 409
    assert refusals(response) == [(None, "hold_expired")]


@pytest.mark.parametrize("swept", [False, True], ids=["not swept", "swept"])
def test_other_users_do_not_find_an_expired_hold(operate, hold, stranger, clerk, swept):
    if swept:
        call_command("sweep")

    for user in (stranger, hold.therapist.user, clerk):
        response = operate(user, "book", hold)
        assert response.status_code == 404
        assert codes(response) == ["not_found"]


def test_an_absence_conflicts_with_a_hold_only_until_it_expires(
    api, clerk, clock, hold
):
    absence = {"start": "2030-01-07T00:00Z", "end": "2030-01-08T00:00Z"}
    absences = f"/api/v1/therapists/{hold.therapist_id}/absences"

    after = api(clerk).post(absences, absence)
    clock.move_to(NOW)
    api(clerk).delete(f"{absences}/{after.json()['id']}")
    before = api(clerk).post(absences, absence)

    assert after.json()["conflicts"] == []
    assert before.json()["conflicts"] == [hold.pk]
