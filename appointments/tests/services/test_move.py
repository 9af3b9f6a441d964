"""Moving: one step in which the old time is freed and the new one taken."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes
from therapists.tests.factories import (
    AbsenceFactory,
    OfferingFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
LATER = FIRST_SESSION + 24 * HOUR
EVERYONE = ["client", "therapist", "staff"]


@pytest.mark.parametrize("who", EVERYONE)
def test_it_keeps_its_id_and_all_that_does_not_follow_from_its_place(
    move, appointment, who
):
    before = Appointment.objects.values().get()

    response = move(get_user(appointment, who), appointment)

    assert response.status_code == 200, response.data
    after = Appointment.objects.values().get()
    assert after == before | {
        "start": LATER,
        "end": LATER + HOUR,
        "busy_until": LATER + HOUR,
        "updated_at": after["updated_at"],
    }
    assert after["updated_at"] > before["updated_at"]
    assert response.data["id"] == appointment.pk
    assert response.json()["start"] == "2030-01-08T09:00:00Z"


def test_it_is_one_update(move, appointment):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert move(appointment.client, appointment).status_code == 200

    writes = [q["sql"] for q in queries if "UPDATE appointments_" in q["sql"]]
    assert len(writes) == 1
    assert not any("INSERT" in q["sql"] or "DELETE" in q["sql"] for q in queries)


def test_the_old_time_is_free_at_once(move, add, appointment):
    assert move(appointment.client, appointment).status_code == 200

    response = add(UserFactory(), booking_request(appointment.therapist))

    assert response.status_code == 201, response.data


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("minutes", [-15, 15, 30, 60])
def test_its_own_old_time_is_never_in_the_way(move, who, minutes):
    therapist = TherapistFactory(signs_in=True, break_minutes=30)
    appointment = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    start = FIRST_SESSION + minutes * MINUTE

    response = move(get_user(appointment, who), appointment, start)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().start == start


def test_it_keeps_its_break_with_its_therapist(move, appointment):
    Appointment.objects.update(busy_until=appointment.end + 10 * MINUTE)
    appointment.therapist.break_minutes = 45
    appointment.therapist.save()

    assert move(appointment.client, appointment).status_code == 200

    assert Appointment.objects.get().busy_until == LATER + HOUR + 10 * MINUTE


@pytest.mark.parametrize("who", ["client", "staff"])
@pytest.mark.parametrize("start", [FIRST_SESSION, LATER], ids=["then", "later"])
def test_with_another_therapist_it_has_their_break(move, appointment, who, start):
    other = TherapistFactory(break_minutes=20)

    response = move(
        get_user(appointment, who), appointment, start, therapist_id=other.pk
    )

    assert response.status_code == 200, response.data
    assert response.data["therapist"]["id"] == other.pk
    row = Appointment.objects.get()
    assert (row.pk, row.therapist, row.start) == (appointment.pk, other, start)
    assert row.busy_until == start + HOUR + 20 * MINUTE


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("named", ["nobody", "null", "the same"])
def test_to_where_it_is_it_moves_without_any_change(
    move, appointment, nothing_changes, who, named
):
    user = get_user(appointment, who)
    ids = {"nobody": {}, "null": {"therapist_id": None}}
    same = ids.get(named, {"therapist_id": appointment.therapist_id})

    with nothing_changes():
        response = move(user, appointment, FIRST_SESSION, **same)

    assert response.status_code == 200, response.data
    assert (response.data["id"], response.data["status"]) == (appointment.pk, "booked")


def test_no_rule_is_in_the_way_of_staying(move, appointment, nothing_changes):
    AbsenceFactory(
        therapist=appointment.therapist, start=FIRST_SESSION, end=FIRST_SESSION + HOUR
    )
    OfferingFactory(therapist=appointment.therapist, type="consultation")
    appointment.therapist.is_active = False
    appointment.therapist.save()

    with nothing_changes():
        response = move(appointment.client, appointment, FIRST_SESSION)

    assert response.status_code == 200


@pytest.fixture
def strict(appointment):
    """The booked appointment, which no rule would allow at the later time."""
    therapist = appointment.therapist
    therapist.notice_hours, therapist.horizon_days = 24 * 60, 30
    therapist.save()
    OfferingFactory(therapist=therapist, type="consultation")
    AbsenceFactory(therapist=therapist, start=LATER, end=LATER + HOUR)
    return appointment


RULES = ["too_far", "too_soon", "therapist_absent", "type_not_offered"]


def test_clients_are_told_every_rule_that_refuses(move, strict, nothing_changes):
    with nothing_changes():
        response = move(strict.client, strict)

    assert response.status_code == 422
    assert codes(response) == sorted(RULES)


@pytest.mark.parametrize("who", ["therapist", "staff"])
def test_staff_and_the_therapist_are_told_what_they_overrode(move, strict, who):
    response = move(get_user(strict, who), strict)

    assert response.status_code == 200, response.data
    assert sorted(response.data["overridden"]) == sorted(RULES)
    row = Appointment.objects.get()
    assert (row.start, row.overridden) == (LATER, response.data["overridden"])


def test_moved_within_the_rules_nothing_is_overridden(move, strict):
    Appointment.objects.update(overridden=["therapist_absent"])
    strict.therapist.offerings.all().delete()
    strict.therapist.notice_hours, strict.therapist.horizon_days = 0, 3650
    strict.therapist.save()

    response = move(strict.client, strict, LATER + HOUR)

    assert response.status_code == 200, response.data
    assert response.data["overridden"] == Appointment.objects.get().overridden == []


def test_a_therapist_who_left_gets_no_moves_from_clients(
    move, appointment, nothing_changes
):
    appointment.therapist.is_active = False
    appointment.therapist.save()

    with nothing_changes():
        response = move(appointment.client, appointment)

    assert response.status_code == 422
    assert codes(response) == ["therapist_inactive"]
