"""What every test may use."""

import os

import pytest
import time_machine
from rest_framework.test import APIClient

from appointments.tests.factories import NOW


def pytest_configure(config):
    if os.environ.get("APPLICATION_STAGE") == "prod":
        pytest.exit("Tests do not run with APPLICATION_STAGE=prod.", returncode=2)


@pytest.fixture
def api():
    """Make a client of the API, signed in as the given user if there is one."""

    def sign_in(user=None):
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def clock():
    """The clock shows the same moment in every test, and goes on from there."""
    with time_machine.travel(NOW) as traveller:
        yield traveller
