"""Merging clients while others merge, book and cancel."""

import pytest

from accounts.models import User
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


@pytest.fixture
def pair():
    """Two clients with appointments at other times."""
    clients = UserFactory.create_batch(2)
    for number in range(6):
        AppointmentFactory(
            client=clients[number % 2], start=FIRST_SESSION + number * HOUR
        )
    return clients


@pytest.fixture
def prepare_merge(api):
    def prepare(former, into):
        staff, url = UserFactory(staff=True), f"/api/v1/clients/{former.pk}/merge"
        return lambda: api(staff).post(url, {"into": into.pk})

    return prepare


def test_of_two_who_are_merged_both_ways_one_remains(at_once, pair, prepare_merge):
    calls = [prepare_merge(*pair), prepare_merge(*reversed(pair))]
    before = count_deadlocks()

    responses = at_once(*calls)

    assert sorted(r.status_code for r in responses) in ([200, 400], [200, 404])
    remaining = User.objects.get(pk__in=[one.pk for one in pair], is_active=True)
    assert remaining.appointments.count() == 6
    assert count_deadlocks() == before


def test_nothing_is_booked_or_left_for_a_client_who_is_merged(
    api, at_once, pair, prepare_merge
):
    former, account = pair
    therapist = TherapistFactory()
    start = (FIRST_SESSION + 20 * HOUR).isoformat()
    booking = booking_request(therapist, start=start)
    row = former.appointments.first()
    before = count_deadlocks()

    merged, booked, cancelled, other = at_once(
        prepare_merge(former, account),
        lambda: api(former).post("/api/v1/appointments", booking),
        lambda: api(former).post(f"/api/v1/appointments/{row.pk}/cancel"),
        lambda: api(account).post("/api/v1/appointments", booking),
    )

    assert merged.status_code in (200, 409)
    assert {booked.status_code, cancelled.status_code} <= {200, 201, 400, 403, 404, 409}
    assert other.status_code in (201, 409)
    if merged.status_code == 200:
        assert not Appointment.objects.filter(client=former).exists()
    assert Appointment.objects.filter(therapist=therapist).count() == 1
    assert count_deadlocks() == before
