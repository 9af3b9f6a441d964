"""Many bookings at once tell a therapist no more than one after the other."""

import pytest

from appointments.models import Appointment, ClientBusyRefusal
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    booking_request,
)
from therapists.tests.factories import TherapistFactory

# In one worker: those of many would need more connections than there are.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

URL = "/api/v1/appointments"
REQUESTS = 30


@pytest.fixture
def book_at_once(api, at_once):
    """Let a therapist book a client at many times at once; the client is busy at some."""

    def run(busy, **headers):
        therapist = TherapistFactory(signs_in=True)
        client = AppointmentFactory(
            therapist=therapist, start=FIRST_SESSION - HOUR
        ).client
        for number in busy:
            AppointmentFactory(client=client, start=FIRST_SESSION + number * HOUR)

        def prepare(number):
            start = (FIRST_SESSION + number * HOUR).isoformat()
            body = booking_request(therapist, client_id=client.pk, start=start)
            keys = {name: f"{key}-{number}" for name, key in headers.items()}
            return lambda: api(therapist.user).post(URL, body, headers=keys)

        return at_once(*[prepare(number) for number in range(REQUESTS)])

    return run


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "try"}], ids=["", "keys"])
def test_thirty_bookings_of_a_busy_client_get_ten_answers(book_at_once, headers):
    responses = book_at_once(busy=range(REQUESTS), **headers)

    statuses = [response.status_code for response in responses]
    assert sorted(statuses) == [409] * 10 + [429] * 20
    assert len({r.content for r in responses if r.status_code == 429}) == 1
    assert ClientBusyRefusal.objects.count() == 10


def test_after_ten_answers_a_free_client_is_not_booked_either(book_at_once):
    responses = book_at_once(busy=range(0, REQUESTS, 2))

    statuses = [response.status_code for response in responses]
    assert statuses.count(409) == 10
    assert set(statuses) <= {201, 409, 429}
    assert ClientBusyRefusal.objects.count() == 10
    booked = statuses.count(201)
    assert Appointment.objects.filter(start__gte=FIRST_SESSION).count() == 15 + booked
    # A refusal with 429 says nothing: some of these clients were free.
    refused = {number for number, status in enumerate(statuses) if status == 429}
    assert len(refused) == REQUESTS - 10 - booked
