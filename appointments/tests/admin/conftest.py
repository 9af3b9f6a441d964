import pytest


@pytest.fixture
def london(settings):
    settings.PRACTICE_TIME_ZONE = "Europe/London"
