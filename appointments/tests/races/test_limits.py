"""Of many requests of a client at once, no more succeed than the limits allow."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Series
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from appointments.tests.services.series import series_request
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

# In one worker: those of many would need more connections than there are.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

URL = "/api/v1/appointments"
FAR = FIRST_SESSION + timedelta(days=90)


@pytest.fixture
def client():
    """A client with 59 upcoming appointments."""
    client, therapist = UserFactory(), TherapistFactory()
    for number in range(59):
        AppointmentFactory(
            client=client, therapist=therapist, start=FAR + number * HOUR
        )
    return client


def list_codes(responses):
    return {tuple(codes(r)) for r in responses if r.status_code >= 400}


@pytest.mark.parametrize("way", ["add", "hold", "book"])
def test_one_of_sixteen_appointments_is_the_last(api, at_once, client, way):
    def prepare(number):
        # With different therapists, so that only the client's row holds them up.
        therapist, start = TherapistFactory(), FIRST_SESSION + number * HOUR
        if way == "book":
            available = AppointmentFactory(
                therapist=therapist, available=True, start=start
            )
            return lambda: api(client).post(f"{URL}/{available.pk}/book")
        body = booking_request(therapist, start=start.isoformat(), hold=way == "hold")
        return lambda: api(client).post(URL, body)

    responses = at_once(*[prepare(number) for number in range(16)])

    succeeded = 200 if way == "book" else 201
    assert sorted(r.status_code for r in responses) == [succeeded] + [422] * 15
    assert list_codes(responses) == {("too_many_appointments",)}
    assert Appointment.objects.filter(client=client).count() == 60


def test_two_of_eight_series_are_the_last(api, at_once):
    client = UserFactory()

    def prepare(number):
        start = (FIRST_SESSION + number * HOUR).isoformat()
        plan = series_request(TherapistFactory(), start=start, duration=60, count=2)
        return lambda: api(client).post("/api/v1/series", plan)

    responses = at_once(*[prepare(number) for number in range(8)])

    assert sorted(r.status_code for r in responses) == [201] * 2 + [422] * 6
    assert list_codes(responses) == {("too_many_series",)}
    assert Series.objects.count() == 2
