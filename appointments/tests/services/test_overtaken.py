"""Operations that another one overtakes between looking and changing.

test_races.py has them at the same moment; here the other always comes in between.
"""

import pytest
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
)
from booking.tests import codes

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/appointments"
CHANGE = "UPDATE appointments_appointment"
LATER = {"start": "2030-03-04T10:00:00Z"}


@pytest.mark.parametrize(
    ("late", "first", "code"),
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
def test_the_later_meets_what_the_first_left(
    operate, clock, overtaken, late, first, code
):
    staff = UserFactory(staff=True)
    concluded = {"status": Status.COMPLETED} if late == "reopen" else {}
    row = AppointmentFactory(start=FIRST_SESSION, **concluded)
    if late != "move":
        clock.move_to(FIRST_SESSION + HOUR / 2)

    with overtaken(lambda: operate(staff, first, row), before=CHANGE) as answers:
        response = operate(staff, late, row, LATER)

    assert answers[0].status_code == 200, answers[0].data
    assert response.status_code == 409, response.data
    assert codes(response) == [code]
    assert Appointment.objects.get().status == answers[0].data["status"]


@pytest.mark.parametrize("with_tag", [False, True], ids=["no If-Match", "If-Match"])
@pytest.mark.parametrize("late", ["cancel", "move"])
def test_what_was_moved_meanwhile_is_changed_only_by_who_saw_it(
    api, operate, overtaken, late, with_tag
):
    row = AppointmentFactory(start=FIRST_SESSION)
    client = row.client
    tag = api(client).get(f"{URL}/{row.pk}")["ETag"]
    headers = {"If-Match": tag} if with_tag else {}
    elsewhere = {"start": "2030-03-05T10:00:00Z"}

    with overtaken(lambda: operate(client, "move", row, LATER), before=CHANGE) as first:
        response = operate(client, late, row, elsewhere, **headers)

    row = Appointment.objects.get()
    assert first[0].status_code == 200
    if with_tag:
        assert response.status_code == 412
        assert (row.status, row.start.month) == (Status.BOOKED, 3)
        assert first[0].json()["start"] == LATER["start"]
    else:
        assert response.status_code == 200, response.data
        kept = LATER if late == "cancel" else elsewhere
        assert response.json()["start"] == kept["start"]
        assert row.status == response.data["status"]


def test_one_of_two_takes_it_and_the_other_meets_a_conflict(operate, overtaken):
    row = AppointmentFactory(available=True)
    first, second = UserFactory(), UserFactory()

    with overtaken(lambda: operate(first, "book", row), before=CHANGE) as answers:
        response = operate(second, "book", row)

    assert (answers[0].status_code, response.status_code) == (200, 409)
    assert codes(response) == ["therapist_busy"]
    assert Appointment.objects.get().client == first


@pytest.mark.parametrize("published", [False, True])
def test_sweeping_meanwhile_hinders_nobody(operate, clock, overtaken, published):
    held = AppointmentFactory(held=True, was_published=published, start=FIRST_SESSION)
    client = UserFactory()
    row = (
        held
        if published
        else AppointmentFactory(therapist=held.therapist, client=client)
    )
    clock.move_to(NOW + HOUR)
    moved = {"start": FIRST_SESSION.isoformat()}

    with overtaken(lambda: call_command("sweep"), before=CHANGE):
        response = operate(client, "book" if published else "move", row, moved)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().client == client


def test_a_hold_that_is_swept_while_it_is_cancelled_is_gone(operate, clock, overtaken):
    held = AppointmentFactory(held=True, start=FIRST_SESSION)

    def lapse():
        clock.move_to(NOW + HOUR)
        call_command("sweep")

    with overtaken(lapse, before=CHANGE):
        response = operate(held.client, "cancel", held)

    assert response.status_code == 404
    assert codes(response) == ["not_found"]
    assert not Appointment.objects.exists()


def test_an_available_time_that_is_lost_twice_is_busy(api, overtaken):
    """Another client holds it and gives it back, and then a third one books it."""
    row = AppointmentFactory(available=True, start=FIRST_SESSION)
    request = booking_request(row.therapist)

    def hold_and_give_back():
        other = api(UserFactory())
        held = other.post(URL, request | {"hold": True})
        assert held.status_code == 201
        return other.post(f"{URL}/{held.json()['id']}/cancel", {})

    def book():
        return api(UserFactory()).post(URL, request)

    with overtaken(hold_and_give_back, book, before=CHANGE):
        response = api(UserFactory()).post(URL, request)

    assert response.status_code == 409, response.data
    assert codes(response) == ["therapist_busy"]
