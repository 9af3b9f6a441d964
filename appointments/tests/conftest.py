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
def slotted(db):
    """Mondays from 9 to 17, an hour each, at full and half hours."""
    therapist = TherapistFactory(slotted=True, signs_in=True)
    OfferingFactory(therapist=therapist)
    WorkingHoursFactory(therapist=therapist)
    return therapist


@pytest.fixture
def stranger(db):
    """A client who has nothing to do with anybody's appointments."""
    return UserFactory()


@pytest.fixture(params=["in the body", "in the query string"])
def add(request, api):
    """Ask for an appointment, in each way in which that is possible."""

    def ask(user, wish):
        if request.param == "in the body":
            return api(user).post(URL, wish)
        return api(user).post("/add_appointment", query_params=wish)

    return ask


@pytest.fixture
def ask(api):
    """Ask for an operation on an appointment."""

    def post(user, operation, appointment, body=None, **headers):
        url = f"{URL}/{appointment.pk}/{operation}"
        return api(user).post(url, body or {}, headers=headers)

    return post


@pytest.fixture
def listed(api):
    """List the ids, and make sure that the single routes agree."""

    def ids(user, **query):
        rows = api(user).get(URL, query).json()["results"]
        for row in rows:
            assert api(user).get(f"{URL}/{row['id']}").json() == row
        return [row["id"] for row in rows]

    return ids


@pytest.fixture
def booked(therapist):
    return AppointmentFactory(therapist=therapist, start=FIRST_SESSION)


@pytest.fixture
def move(ask):
    """Ask to move an appointment; a day later, unless another start is given."""

    def to(user, appointment, start=FIRST_SESSION + 24 * HOUR, **changes):
        body = {"start": start.isoformat()} | changes
        return ask(user, "move", appointment, body)

    return to


@pytest.fixture
def get_history(api):
    """Return the history of an appointment as the user sees it."""

    def get(user, appointment):
        response = api(user).get(f"{URL}/{appointment.pk}/history")
        assert response.status_code == 200, response.content
        return response.json()["results"]

    return get
