"""Holds that are over: as good as gone at once, though nothing has swept them."""

from datetime import timedelta

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
    get_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import (
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
OVER = NOW + timedelta(minutes=10)
SLOTS = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}


@pytest.fixture
def lapsed(therapist_with_hours, clock):
    """A hold that has been over since just now; nothing was published before it."""
    held = AppointmentFactory(
        therapist=therapist_with_hours, held=True, start=FIRST_SESSION
    )
    clock.move_to(OVER, tick=False)
    return held


@pytest.mark.parametrize(
    ("early", "status"),
    [
        pytest.param(timedelta(microseconds=1), 200, id="to the last microsecond"),
        pytest.param(timedelta(), 404, id="and no longer"),
    ],
)
def test_a_hold_lasts_until_it_is_over(api, clock, lapsed, early, status):
    clock.move_to(OVER - early, tick=False)

    assert api(lapsed.client).get(f"{URL}/{lapsed.pk}").status_code == status


@pytest.mark.parametrize("who", ["client", "therapist", "staff"])
def test_a_hold_that_is_over_is_nowhere(api, list_ids, lapsed, nothing_changes, who):
    user = get_user(lapsed, who)

    with nothing_changes():
        shown = api(user).get(f"{URL}/{lapsed.pk}")
        history = api(user).get(f"{URL}/{lapsed.pk}/history")
        everything = list_ids(user)
        by_status = [list_ids(user, status=status) for status in Status]

    assert shown.status_code == history.status_code == 404
    assert everything == []
    assert by_status == [[]] * len(Status)


@pytest.mark.parametrize("who", ["client", "therapist", "staff"])
@pytest.mark.parametrize("operation", ["move", "cancel", "complete", "no_show"])
def test_nothing_can_be_done_with_what_is_over(
    operate, lapsed, nothing_changes, who, operation
):
    user = get_user(lapsed, who)

    with nothing_changes():
        response = operate(user, operation, lapsed, {"start": "2030-03-04T10:00Z"})

    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_search_offers_the_time_again(api, lapsed, nothing_changes):
    with nothing_changes():
        slots = api().get("/api/v1/slots", SLOTS).json()["results"]

    assert [slot["start"][11:16] for slot in slots[:2]] == ["09:00", "09:30"]
    assert slots[0]["appointment_id"] is None


@pytest.mark.parametrize(
    ("who", "hold"),
    [
        ("the holder", False),
        ("the holder", True),
        ("another client", False),
        ("another client", True),
        ("therapist", False),
        ("staff", False),
    ],
)
def test_it_is_not_in_the_way_of_the_therapists_next(add, lapsed, who, hold):
    user = {"the holder": lapsed.client, "another client": UserFactory()}.get(who)
    overlapping = (FIRST_SESSION + HOUR / 2).isoformat()
    wanted = booking_request(lapsed.therapist, start=overlapping, hold=hold)

    response = add(user or get_user(lapsed, who), wanted)

    assert response.status_code == 201, response.data
    assert Appointment.objects.get().pk == response.data["id"] != lapsed.pk


@pytest.mark.parametrize("who", ["the holder", "staff"])
def test_it_is_not_in_the_way_of_the_holders_next(add, lapsed, who):
    elsewhere = booking_request(TherapistFactory())
    if who == "staff":
        elsewhere["client_id"] = lapsed.client_id

    response = add(
        UserFactory(staff=True) if who == "staff" else lapsed.client, elsewhere
    )

    assert response.status_code == 201, response.data
    assert Appointment.objects.get().client == lapsed.client


def test_it_is_in_nobodys_way_who_takes_or_moves(operate, lapsed):
    client, therapist = lapsed.client, lapsed.therapist
    available = AppointmentFactory(
        available=True, start=FIRST_SESSION + HOUR / 2, therapist=TherapistFactory()
    )
    appointment = AppointmentFactory(
        therapist=therapist, start=FIRST_SESSION + 3 * HOUR
    )

    taken = operate(client, "book", available)
    moved = operate(
        appointment.client, "move", appointment, {"start": FIRST_SESSION.isoformat()}
    )

    assert (taken.status_code, moved.status_code) == (200, 200)
    assert not Appointment.objects.filter(pk=lapsed.pk).exists()


def test_it_is_not_in_the_way_of_staff_in_the_admin(staff, lapsed, stranger):
    sent = {
        "therapist": lapsed.therapist.pk,
        "client": stranger.pk,
        "type": "one-off",
        "status": "booked",
        "start_0": "2030-01-07",
        "start_1": "09:30",
        "duration": 60,
    }

    response = staff.post("/admin/appointments/appointment/add/", sent)

    assert response.status_code == 302, response.context["errors"]
    assert Appointment.objects.get().client == stranger


def test_what_lasts_is_still_in_the_way(add, lapsed, stranger):
    AppointmentFactory(therapist=lapsed.therapist, start=FIRST_SESSION + HOUR)
    in_both = (FIRST_SESSION + HOUR / 2).isoformat()

    response = add(stranger, booking_request(lapsed.therapist, start=in_both))

    assert response.status_code == 409
    assert refusals(response) == [(None, "therapist_busy")]
    assert not Appointment.objects.filter(client=stranger).exists()


@pytest.mark.parametrize("swept", [False, True], ids=["not swept", "swept"])
def test_a_hold_that_is_over_is_not_converted(operate, lapsed, nothing_changes, swept):
    if swept:
        call_command("sweep")

    with nothing_changes():
        response = operate(lapsed.client, "book", lapsed)

    assert response.status_code == 409
    assert refusals(response) == [(None, "hold_expired")]


@pytest.mark.parametrize("swept", [False, True], ids=["not swept", "swept"])
def test_to_others_it_never_existed(operate, lapsed, stranger, clerk, swept):
    if swept:
        call_command("sweep")

    for user in (stranger, lapsed.therapist.user, clerk):
        response = operate(user, "book", lapsed)
        assert response.status_code == 404
        assert codes(response) == ["not_found"]


def test_a_change_of_hours_conflicts_with_holds_only_while_they_last(
    api, clerk, clock, lapsed
):
    away = {"start": "2030-01-07T00:00Z", "end": "2030-01-08T00:00Z"}
    absences = f"/api/v1/therapists/{lapsed.therapist_id}/absences"

    after = api(clerk).post(absences, away)
    clock.move_to(NOW)
    api(clerk).delete(f"{absences}/{after.json()['id']}")
    before = api(clerk).post(absences, away)

    assert after.json()["conflicts"] == []
    assert before.json()["conflicts"] == [lapsed.pk]
