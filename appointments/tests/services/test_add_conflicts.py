"""Adding where another appointment occupies the time."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
    get_diary_user,
)
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        pytest.param(-HOUR - timedelta(minutes=15), 201, id="its break ends in time"),
        pytest.param(-HOUR, 409, id="its break would overlap"),
        pytest.param(-HOUR / 2, 409, id="overlaps the start"),
        pytest.param(timedelta(), 409, id="the same time"),
        pytest.param(HOUR / 2, 409, id="overlaps the end"),
        pytest.param(HOUR, 409, id="within the break"),
        pytest.param(HOUR + timedelta(minutes=15), 201, id="after the break"),
    ],
)
def test_a_therapist_is_busy_until_the_break_ends(add, offset, status):
    other = AppointmentFactory(therapist__break_minutes=15, start=FIRST_SESSION)
    start = FIRST_SESSION + offset

    response = add(
        UserFactory(), booking_request(other.therapist, start=start.isoformat())
    )

    assert response.status_code == status
    assert Appointment.objects.count() == 1 + (status == 201)


@pytest.mark.parametrize(
    ("offset", "status"), [(-HOUR, 201), (-HOUR / 2, 409), (HOUR / 2, 409), (HOUR, 201)]
)
def test_a_client_cannot_have_overlapping_appointments(add, therapist, offset, status):
    other = AppointmentFactory(start=FIRST_SESSION)
    start = FIRST_SESSION + offset

    response = add(other.client, booking_request(therapist, start=start.isoformat()))

    assert response.status_code == status
    if status == 409:
        assert refusals(response) == [(None, "client_busy")]


def test_a_cancelled_appointment_leaves_its_period_free(add):
    appointment = AppointmentFactory(start=FIRST_SESSION, cancelled=True)

    response = add(appointment.client, booking_request(appointment.therapist))

    assert response.status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"available": True, "type": "consultation"},
        {"status": "held"},
        {"status": "completed"},
        {"status": "no_show"},
        {"start": FIRST_SESSION + HOUR / 2},
        {"end": FIRST_SESSION + 3 * HOUR},
        {"therapist__break_minutes": 30, "start": FIRST_SESSION - HOUR},
    ],
)
def test_a_conflict_reveals_nothing_about_the_other_appointment(
    add, nothing_changes, changes
):
    other = AppointmentFactory(**{"start": FIRST_SESSION} | changes)
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(other.therapist))

    assert response.status_code == 409
    assert response.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "therapist_busy",
                "detail": response.json()["errors"][0]["detail"],
                "attr": None,
            }
        ],
        "alternatives": {"day": None, "week": None, "colleagues": []},
    }
    assert not any(c.isdigit() for c in response.json()["errors"][0]["detail"])


@pytest.mark.parametrize("role", ["practice", "therapist"])
def test_a_conflict_refuses_staff_and_the_therapist_too(
    add, therapist, nothing_changes, role
):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    user = get_diary_user(therapist, role)

    with nothing_changes():
        response = add(user, booking_request(therapist))

    assert response.status_code == 409
    assert codes(response) == ["therapist_busy"]


def test_adding_the_same_appointment_twice_is_refused(add, therapist, nothing_changes):
    client = UserFactory()
    add(client, booking_request(therapist))

    with nothing_changes():
        response = add(client, booking_request(therapist))

    assert response.status_code == 409
