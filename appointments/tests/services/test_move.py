"""Moving: one step that frees the old period and takes the new one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Role
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
BROKEN_RULES = ["too_far", "too_soon", "therapist_absent", "type_not_offered"]


@pytest.mark.parametrize("role", Role)
def test_moving_changes_only_the_period(move, appointment, role):
    before = Appointment.objects.values().get()

    response = move(get_user(appointment, role), appointment)

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


def test_moving_is_one_update(move, appointment):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert move(appointment.client, appointment).status_code == 200

    writes = [q["sql"] for q in queries if "UPDATE appointments_" in q["sql"]]
    assert len(writes) == 1
    assert not any("INSERT" in q["sql"] or "DELETE" in q["sql"] for q in queries)


def test_the_old_period_is_free_at_once(move, add, appointment):
    assert move(appointment.client, appointment).status_code == 200

    response = add(UserFactory(), booking_request(appointment.therapist))

    assert response.status_code == 201, response.data


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("minutes", [-15, 15, 30, 60])
def test_the_old_period_does_not_prevent_a_move_into_it(move, role, minutes):
    therapist = TherapistFactory(signs_in=True, break_minutes=30)
    appointment = AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    start = FIRST_SESSION + minutes * MINUTE

    response = move(get_user(appointment, role), appointment, start)

    assert response.status_code == 200, response.data
    assert Appointment.objects.get().start == start


def test_a_moved_appointment_keeps_its_break(move, appointment):
    Appointment.objects.update(busy_until=appointment.end + 10 * MINUTE)
    appointment.therapist.break_minutes = 45
    appointment.therapist.save()

    assert move(appointment.client, appointment).status_code == 200

    assert Appointment.objects.get().busy_until == LATER + HOUR + 10 * MINUTE


@pytest.mark.parametrize("role", ["client", "practice"])
@pytest.mark.parametrize("start", [FIRST_SESSION, LATER], ids=["then", "later"])
def test_with_another_therapist_it_has_their_break(move, appointment, role, start):
    other = TherapistFactory(break_minutes=20)

    response = move(
        get_user(appointment, role), appointment, start, therapist_id=other.pk
    )

    assert response.status_code == 200, response.data
    assert response.data["therapist"]["id"] == other.pk
    row = Appointment.objects.get()
    assert (row.pk, row.therapist, row.start) == (appointment.pk, other, start)
    assert row.busy_until == start + HOUR + 20 * MINUTE


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("named", ["none", "null", "the same"])
def test_moving_to_the_same_start_changes_nothing(
    move, appointment, nothing_changes, role, named
):
    user = get_user(appointment, role)
    ids = {"none": {}, "null": {"therapist_id": None}}
    therapist = ids.get(named, {"therapist_id": appointment.therapist_id})

    with nothing_changes():
        response = move(user, appointment, FIRST_SESSION, **therapist)

    assert response.status_code == 200, response.data
    assert (response.data["id"], response.data["status"]) == (appointment.pk, "booked")


def test_no_rule_refuses_a_move_to_the_same_start(move, appointment, nothing_changes):
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
def strict_appointment(appointment):
    """The first session, whose move to the next day breaks four rules."""
    therapist = appointment.therapist
    therapist.notice_hours, therapist.horizon_days = 24 * 60, 30
    therapist.save()
    OfferingFactory(therapist=therapist, type="consultation")
    AbsenceFactory(therapist=therapist, start=LATER, end=LATER + HOUR)
    return appointment


def test_a_refusal_lists_every_broken_rule(move, strict_appointment, nothing_changes):
    with nothing_changes():
        response = move(strict_appointment.client, strict_appointment)

    assert response.status_code == 422
    assert codes(response) == sorted(BROKEN_RULES)


@pytest.mark.parametrize("role", ["therapist", "practice"])
def test_staff_and_the_therapist_get_the_rules_that_they_override(
    move, strict_appointment, role
):
    response = move(get_user(strict_appointment, role), strict_appointment)

    assert response.status_code == 200, response.data
    assert sorted(response.data["overridden"]) == sorted(BROKEN_RULES)
    row = Appointment.objects.get()
    assert (row.start, row.overridden) == (LATER, response.data["overridden"])


def test_a_move_within_the_rules_clears_overridden(move, strict_appointment):
    Appointment.objects.update(overridden=["therapist_absent"])
    strict_appointment.therapist.offerings.all().delete()
    therapist = strict_appointment.therapist
    therapist.notice_hours, therapist.horizon_days = 0, 3650
    therapist.save()

    response = move(strict_appointment.client, strict_appointment, LATER + HOUR)

    assert response.status_code == 200, response.data
    assert response.data["overridden"] == Appointment.objects.get().overridden == []


def test_clients_cannot_move_in_an_inactive_diary(move, appointment, nothing_changes):
    appointment.therapist.is_active = False
    appointment.therapist.save()

    with nothing_changes():
        response = move(appointment.client, appointment)

    assert response.status_code == 422
    assert codes(response) == ["therapist_inactive"]
