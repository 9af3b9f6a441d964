import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Status
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def therapist():
    return TherapistFactory(signs_in=True)


def wish(therapist, **changes):
    return {
        "start": FIRST_SESSION.isoformat(),
        "duration": 60,
        "type": "one-off",
        "therapist_id": therapist.pk,
    } | changes


def codes(response):
    return [error["code"] for error in response.json()["errors"]]


def test_books_the_period_for_the_signed_in_client(api, therapist):
    client = UserFactory()

    response = api(client).post(URL, wish(therapist))

    assert response.status_code == 201, response.data
    appointment = Appointment.objects.get()
    assert appointment.client == client
    assert appointment.therapist == therapist
    assert appointment.status == Status.BOOKED
    assert (appointment.start, appointment.end) == (FIRST_SESSION, FIRST_SESSION + HOUR)


def test_refuses_a_period_in_which_the_therapist_is_busy(api, therapist):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    response = api(UserFactory()).post(URL, wish(therapist))

    assert response.status_code == 409
    assert codes(response) == ["therapist_busy"]
    assert Appointment.objects.count() == 1
