import pytest

from therapists.tests.factories import TherapistFactory

URL = "/api/v1/appointments"


@pytest.fixture
def therapist(db):
    return TherapistFactory(signs_in=True)


@pytest.fixture(params=["in the body", "in the query string"])
def add(request, api):
    """Ask for an appointment, in each way in which that is possible."""

    def ask(user, wish):
        if request.param == "in the body":
            return api(user).post(URL, wish)
        return api(user).post("/add_appointment", query_params=wish)

    return ask
