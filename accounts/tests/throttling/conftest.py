import pytest
from django.conf import settings as current

from accounts.tests.throttling import LOGIN


@pytest.fixture(autouse=True)
def rates(settings):
    """Allow three attempts a minute, in any environment."""

    def choose(**rest):
        rates = {"DEFAULT_THROTTLE_RATES": {"login": "3/min", "register": "3/min"}}
        settings.REST_FRAMEWORK = current.REST_FRAMEWORK | rates | rest

    choose(NUM_PROXIES=0)
    return choose


@pytest.fixture
def log_in(api):
    def attempt(email="ada@example.com", url=LOGIN, password="wrong horse", **headers):
        return api().post(url, {"email": email, "password": password}, **headers)

    return attempt
