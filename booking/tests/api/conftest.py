import pytest

from accounts.tests.factories import UserFactory
from therapists.tests.factories import TherapistFactory

URL = "/api/v1/appointments"


@pytest.fixture
def send(api):
    """Send a POST with an idempotency key."""

    def post(user, body, key="one", url=URL, **headers):
        headers = {"Idempotency-Key": key} | headers
        return api(user).post(url, body, headers=headers)

    return post


@pytest.fixture
def person(db):
    return UserFactory()


@pytest.fixture
def therapist(db):
    return TherapistFactory(signs_in=True)


@pytest.fixture(params=[False, True], ids=["production", "debugging"])
def debug(request, settings):
    """Run a test in production and in debugging."""
    settings.DEBUG = request.param
