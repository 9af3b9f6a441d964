"""The routes that add an appointment."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models.statuses import Role
from appointments.tests.factories import booking_request, get_diary_user
from booking.tests import codes

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
ALIASES = [
    "/add_appointment",
    "/add_appointments",
    "/api/v1/add_appointment",
    "/api/v1/add_appointments/",
]


@pytest.fixture(params=Role)
def user(request, therapist):
    """A user of each role."""
    if request.param == Role.CLIENT:
        return UserFactory()
    return get_diary_user(therapist, request.param)


@pytest.mark.parametrize("url", [URL, *ALIASES])
def test_adding_without_a_token_is_refused(api, therapist, nothing_changes, url):
    with nothing_changes():
        response = api().post(url, booking_request(therapist))

    assert response.status_code == 401
    assert codes(response) == ["not_authenticated"]


@pytest.mark.parametrize("url", ALIASES)
def test_every_original_name_of_the_route_adds(api, therapist, url):
    response = api(UserFactory()).post(url, query_params=booking_request(therapist))

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("put", URL),
        ("patch", URL),
        ("delete", URL),
        ("post", f"{URL}/1"),
        ("put", f"{URL}/1"),
        ("patch", f"{URL}/1"),
        ("delete", f"{URL}/1"),
        ("get", ALIASES[0]),
        ("post", "/get_appointments"),
    ],
)
def test_a_method_that_a_route_lacks_is_refused(
    api, user, nothing_changes, method, url
):
    with nothing_changes():
        response = getattr(api(user), method)(url)

    assert response.status_code == 405
    assert codes(response) == ["method_not_allowed"]
    assert method.upper() not in response["Allow"]
