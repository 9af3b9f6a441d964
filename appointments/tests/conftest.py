import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from therapists.tests.factories import (
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

URL = "/api/v1/appointments"


@pytest.fixture
def therapist(db):
    return TherapistFactory(signs_in=True)


@pytest.fixture
def therapist_with_hours(db):
    """A therapist with slots of an hour at each half hour of Mondays from 9 to 17."""
    therapist = TherapistFactory(slotted=True, signs_in=True)
    OfferingFactory(therapist=therapist)
    WorkingHoursFactory(therapist=therapist)
    return therapist


@pytest.fixture
def appointment(therapist):
    """The first session, booked."""
    return AppointmentFactory(therapist=therapist, start=FIRST_SESSION)


@pytest.fixture
def stranger(db):
    """A client without appointments."""
    return UserFactory()


@pytest.fixture(params=["in the body", "in the query string"])
def add(request, api):
    """Send a booking request, by each of the two routes."""

    def post(user, body):
        if request.param == "in the body":
            return api(user).post(URL, body)
        return api(user).post("/add_appointment", query_params=body)

    return post


@pytest.fixture
def operate(api):
    """Request an operation on an appointment."""

    def post(user, operation, appointment, body=None, **headers):
        url = f"{URL}/{appointment.pk}/{operation}"
        return api(user).post(url, body or {}, headers=headers)

    return post


@pytest.fixture
def move(operate):
    """Request to move an appointment: to the next day, unless a start is given."""

    def post(user, appointment, start=FIRST_SESSION + 24 * HOUR, **changes):
        body = {"start": start.isoformat()} | changes
        return operate(user, "move", appointment, body)

    return post


@pytest.fixture
def list_ids(api):
    """List the ids that a user sees; each row must equal the response for its id."""

    def get(user, **filters):
        rows = api(user).get(URL, filters).json()["results"]
        for row in rows:
            assert api(user).get(f"{URL}/{row['id']}").json() == row
        return [row["id"] for row in rows]

    return get


@pytest.fixture
def get_etag(api, clerk):
    def get(appointment):
        return api(clerk).get(f"{URL}/{appointment.pk}")["ETag"]

    return get


@pytest.fixture
def get_history(api):
    """Return the entries of an appointment's history that a user sees."""

    def get(user, appointment):
        response = api(user).get(f"{URL}/{appointment.pk}/history")
        assert response.status_code == 200, response.content
        return response.json()["results"]

    return get
