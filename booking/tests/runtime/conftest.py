import pytest

from appointments.tests.factories import FIRST_SESSION
from booking.tests.runtime.servers import run_server
from therapists.tests.factories import TherapistFactory


@pytest.fixture
def server(transactional_db):
    with run_server() as server:
        yield server


@pytest.fixture
def booking_request(transactional_db):
    """The body of a request for a session with a new therapist."""
    return {
        "start": FIRST_SESSION.isoformat(),
        "duration": 60,
        "type": "one-off",
        "therapist_id": TherapistFactory().pk,
    }
