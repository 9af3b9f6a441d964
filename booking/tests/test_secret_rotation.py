"""Signatures of an old SECRET_KEY are valid while it is among the fallbacks."""

import pytest

from appointments.tests.factories import AppointmentFactory
from booking.tests import codes

pytestmark = pytest.mark.django_db

APPOINTMENTS = "/api/v1/appointments"
OLD = "an old key, which once signed everything there was"


@pytest.fixture
def rotate(settings):
    """Sign by the old key, and return a call that replaces it."""
    new, settings.SECRET_KEY = settings.SECRET_KEY, OLD

    def replace(*, fallbacks):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, fallbacks

    return replace


@pytest.mark.parametrize(("fallbacks", "status"), [([OLD], 200), ([], 400)])
def test_a_cursor_is_followed_after_a_rotation(api, rotate, fallbacks, status):
    client = api(AppointmentFactory().client)
    AppointmentFactory(available=True)
    first = client.get(f"{APPOINTMENTS}?page_size=1")
    rotate(fallbacks=fallbacks)

    assert client.get(first.data["next"]).status_code == status


@pytest.mark.parametrize(("fallbacks", "status"), [([OLD], 200), ([], 412)])
def test_an_etag_matches_after_a_rotation(api, rotate, fallbacks, status):
    appointment = AppointmentFactory()
    client, url = api(appointment.client), f"{APPOINTMENTS}/{appointment.pk}"
    etag = client.get(url)["ETag"]
    rotate(fallbacks=fallbacks)

    response = client.post(f"{url}/cancel", {}, headers={"If-Match": etag})

    assert response.status_code == status
    assert status == 200 or codes(response) == ["precondition_failed"]
