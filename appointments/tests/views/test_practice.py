import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.tests import refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/practice"


def test_anyone_sees_the_practice_and_its_limits(api, settings):
    settings.PRACTICE_NAME = "Elm Street"
    settings.PRACTICE_TIME_ZONE = "Europe/Berlin"
    settings.HOLD_MINUTES, settings.MAX_UPCOMING = 7, 41

    with CaptureQueriesContext(connection) as captured:
        response = api().get(URL)

    assert response.status_code == 200
    practice = response.json()
    assert practice.keys() == {"name", "time_zone", "languages", "limits"}
    assert practice["name"] == "Elm Street"
    assert practice["time_zone"] == "Europe/Berlin"
    assert practice["languages"] == ["en", "de"]
    assert practice["limits"]["hold_minutes"] == 7
    assert practice["limits"]["upcoming"] == 41
    assert not captured


def test_an_unknown_parameter_is_refused(api):
    response = api().get(f"{URL}?lang=de")

    assert response.status_code == 400
    assert refusals(response) == [("lang", "unknown_parameter")]
