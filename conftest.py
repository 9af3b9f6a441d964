"""What every test may use."""

import os

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
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


@pytest.fixture
def clerk(db):
    """Staff as they are after `migrate`: in the group, and no superuser."""
    person = UserFactory(staff=True)
    person.groups.add(Group.objects.get(name="Practice staff"))
    return person


@pytest.fixture
def staff(clerk):
    """A browser in which the clerk uses the admin."""
    browser = Client()
    browser.force_login(clerk)
    return browser


@pytest.fixture
def boss(db):
    """A browser in which a superuser uses the admin."""
    browser = Client()
    browser.force_login(UserFactory(staff=True, is_superuser=True))
    return browser


@pytest.fixture(autouse=True)
def clock():
    """The clock shows the same moment in every test, and goes on from there."""
    with time_machine.travel(NOW) as traveller:
        yield traveller
