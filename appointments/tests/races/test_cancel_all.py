"""Cancelling all that a client has ahead, while others change it."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from appointments.tests.races.deadlocks import count_deadlocks
from therapists.tests.factories import TherapistFactory

# In one worker: those of many would need more connections than there are.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

URL = "/api/v1/appointments"


@pytest.fixture
def client():
    """A client with appointments of four therapists, which were published first."""
    client = UserFactory()
    for number in range(8):
        AppointmentFactory(
            client=client, start=FIRST_SESSION + number * HOUR, was_published=True
        )
    return client


@pytest.fixture
def prepare_cancel_all(api, client):
    def prepare():
        staff = UserFactory(staff=True)
        return lambda: api(staff).post(f"/api/v1/clients/{client.pk}/cancel_all")

    return prepare


def test_each_appointment_is_cancelled_once(api, at_once, client, prepare_cancel_all):
    calls = [prepare_cancel_all() for _ in range(4)]
    for row in client.appointments.all():
        url = f"{URL}/{row.pk}/cancel"
        calls.append(lambda url=url: api(client).post(url))
    before = count_deadlocks()

    responses = at_once(*calls)

    assert {r.status_code for r in responses} <= {200, 409}
    cancelled = [
        row["id"] for r in responses[:4] for row in r.json()["appointments"]
    ] + [r.json()["id"] for r in responses[4:] if r.status_code == 200]
    assert sorted(cancelled) == sorted(client.appointments.values_list("pk", flat=True))
    assert Appointment.objects.filter(status="available").count() == 8
    assert count_deadlocks() == before


def test_what_is_booked_with_another_therapist_meanwhile_is_cancelled_or_stays(
    api, overtaken, client, prepare_cancel_all
):
    therapist = TherapistFactory()
    body = booking_request(therapist, start=(FIRST_SESSION + 20 * HOUR).isoformat())

    with overtaken(
        lambda: api(client).post(URL, body), before='FROM "therapists_therapist" WHERE'
    ) as booked:
        response = prepare_cancel_all()()

    assert [r.status_code for r in booked] == [201]
    ids = [row["id"] for row in response.json()["appointments"]]
    assert booked[0].data["id"] in ids
    assert not client.appointments.filter(status="booked").exists()
