import pytest

from accounts.sessions import start_session
from accounts.tests.factories import UserFactory
from booking.tests import codes

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/logout"
REFRESH = "/api/v1/auth/refresh"


def test_logging_out_ends_the_refresh_token(api):
    token = {"refresh": str(start_session(UserFactory()))}

    assert api().post(URL, token).status_code == 200

    response = api().post(REFRESH, token)
    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]


def test_logging_out_leaves_other_sessions_alone(api):
    user = UserFactory()
    phone, laptop = start_session(user), start_session(user)

    api().post(URL, {"refresh": str(phone)})

    assert api().post(REFRESH, {"refresh": str(laptop)}).status_code == 200


def test_logging_out_twice_is_refused(api, nothing_changes):
    token = {"refresh": str(start_session(UserFactory()))}
    api().post(URL, token)

    with nothing_changes():
        response = api().post(URL, token)

    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]


def test_simultaneous_logouts_do_not_crash(api, at_once):
    token = {"refresh": str(start_session(UserFactory()))}

    responses = at_once(*[lambda: api().post(URL, token)] * 4)

    assert {r.status_code for r in responses} <= {200, 401}
    assert api().post(REFRESH, token).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"refresh": "x"}, 401), ({"refresh": 5}, 401)]
)
def test_an_invalid_token_is_refused(api, nothing_changes, body, status):
    with nothing_changes():
        response = api().post(URL, body)

    assert response.status_code == status
