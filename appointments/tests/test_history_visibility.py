"""What each role sees of the history of an appointment."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests import summarize
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    booking_request,
    get_user,
)
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
LATER = {"start": "2030-03-04T10:00:00Z"}


@pytest.fixture
def handed_on(operate, therapist, clerk):
    """A published appointment that two clients had booked, one after the other.

    Returns the row, the first client and the second.
    """
    first, second = UserFactory(), UserFactory()
    row = AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)
    assert operate(first, "book", row).status_code == 200
    assert operate(clerk, "move", row, LATER).status_code == 200
    Appointment.objects.update(client=None, status=Status.AVAILABLE)
    assert operate(second, "book", row).status_code == 200
    assert operate(clerk, "cancel", row).status_code == 200
    return row, first, second


def test_a_client_sees_the_changes_while_the_appointment_was_theirs(
    api, get_history, clerk, handed_on
):
    row, first, second = handed_on

    entries = get_history(second, row)

    assert [summarize(e) for e in entries] == [
        ("booked", "client", second.pk),
        ("cancelled", "practice", None),
    ]
    assert all(e["request_id"] is None for e in entries)
    assert api(first).get(f"{URL}/{row.pk}/history").status_code == 404
    secrets = [first.name, first.email, clerk.name, clerk.email]
    text = api(second).get(f"{URL}/{row.pk}/history").content.decode()
    assert not [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("role", ["therapist", "staff"])
def test_the_therapist_and_staff_see_every_change(get_history, clerk, handed_on, role):
    row, first, second = handed_on

    entries = get_history(get_user(row, role), row)

    assert [(e["what"], e["role"]) for e in entries] == [
        ("available", None),
        ("booked", "client"),
        ("moved", "practice"),
        ("available", "practice"),
        ("booked", "client"),
        ("cancelled", "practice"),
    ]
    names = [first.name, clerk.name, clerk.name, second.name, clerk.name]
    assert [e["user"]["name"] for e in entries[1:]] == names


def test_a_client_who_holds_it_twice_sees_both_holds_alone(
    add, clock, get_history, therapist
):
    client = UserFactory()
    AppointmentFactory(therapist=therapist, available=True, start=FIRST_SESSION)
    for minutes in (0, 20):
        clock.move_to(NOW + timedelta(minutes=minutes))
        assert add(client, booking_request(therapist, hold=True)).status_code == 201
    row = Appointment.objects.get()

    assert [e["what"] for e in get_history(client, row)] == ["held", "held"]


def test_the_history_of_an_available_appointment_is_empty_for_clients(
    get_history, stranger
):
    available = AppointmentFactory(available=True)

    assert get_history(stranger, available) == []


def test_the_history_does_not_exist_for_strangers(api, appointment, stranger):
    colleague = TherapistFactory(signs_in=True).user
    hidden = [
        api(user).get(f"{URL}/{appointment.pk}/history")
        for user in (stranger, colleague)
    ]
    missing = api(stranger).get(f"{URL}/{10**12}/history")

    for response in hidden:
        assert response.status_code == 404
        assert codes(response) == ["not_found"]
        assert response.content == missing.content


def test_a_deactivated_user_stays_in_the_history(operate, get_history, appointment):
    client = appointment.client
    assert operate(client, "move", appointment, LATER).status_code == 200
    client.is_active = False
    client.save()

    assert (
        summarize(get_history(appointment.therapist.user, appointment)[-1])[2]
        == client.pk
    )


def _count_queries(api, user, row):
    client = api(user)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{URL}/{row.pk}/history").status_code == 200
    return len(queries)


@pytest.mark.parametrize("role", ["client", "therapist", "staff"])
def test_a_longer_history_takes_no_more_queries(api, operate, appointment, role):
    user = get_user(appointment, role)
    assert operate(appointment.client, "move", appointment, LATER).status_code == 200
    short = _count_queries(api, user, appointment)
    for n in range(6):
        staff, start = UserFactory(staff=True), NOW + (10 + n) * HOUR
        moved = operate(staff, "move", appointment, {"start": start.isoformat()})
        assert moved.status_code == 200

    assert _count_queries(api, user, appointment) == short
