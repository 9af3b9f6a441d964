"""Adding by the rules, and against them."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    NOW,
    AppointmentFactory,
    booking_request,
    get_diary_user,
)
from booking.tests import codes, refusals
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict_therapist():
    """A therapist by whose rules the first session is refused."""
    therapist = TherapistFactory(
        signs_in=True, notice_hours=24 * 60, horizon_days=30, break_minutes=10
    )
    OfferingFactory(therapist=therapist, type="consultation", duration=20)
    return therapist


def test_a_refusal_lists_every_broken_rule(add, strict_therapist, nothing_changes):
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(strict_therapist))

    assert response.status_code == 422
    assert refusals(response) == [
        (None, "too_far"),
        (None, "too_soon"),
        (None, "type_not_offered"),
    ]


def test_a_duration_other_than_the_offerings_is_refused(
    add, strict_therapist, nothing_changes
):
    client = UserFactory()

    with nothing_changes():
        response = add(
            client, booking_request(strict_therapist, type="consultation", duration=25)
        )

    assert response.status_code == 422
    assert codes(response) == ["too_far", "too_soon", "wrong_duration"]


@pytest.mark.parametrize("type", ["one-off", "consultation"])
@pytest.mark.parametrize("duration", [5, 60, 480])
def test_without_offerings_any_type_and_duration_can_be_booked(
    add, therapist, type, duration
):
    response = add(
        UserFactory(), booking_request(therapist, type=type, duration=duration)
    )

    assert response.status_code == 201
    assert response.data["duration"] == duration
    row = Appointment.objects.get()
    assert row.end - row.start == timedelta(minutes=duration)


@pytest.mark.parametrize("role", ["practice", "therapist"])
def test_staff_and_the_therapist_add_against_the_rules(add, strict_therapist, role):
    user = get_diary_user(strict_therapist, role)

    assert add(user, booking_request(strict_therapist)).status_code == 201
    row = Appointment.objects.get()
    assert row.busy_until - row.end == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("rule", "start", "status"),
    [
        ({"notice_hours": 24}, NOW + timedelta(hours=24, minutes=1), 201),
        ({"notice_hours": 24}, NOW + timedelta(hours=24), 422),
        ({"horizon_days": 10}, NOW + timedelta(days=10), 201),
        ({"horizon_days": 10}, NOW + timedelta(days=10, minutes=1), 422),
    ],
)
def test_notice_and_horizon_are_exact_to_the_minute(add, rule, start, status):
    therapist = TherapistFactory(**rule)

    response = add(UserFactory(), booking_request(therapist, start=start.isoformat()))

    assert response.status_code == status


def test_a_broken_rule_hides_whether_the_time_is_free(
    add, strict_therapist, nothing_changes
):
    AppointmentFactory(therapist=strict_therapist, start=FIRST_SESSION)
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(strict_therapist))

    assert response.status_code == 422
