import pytest


@pytest.fixture
def dev(settings):
    settings.STAGE = "dev"


@pytest.fixture
def prod(settings):
    settings.STAGE = "prod"
