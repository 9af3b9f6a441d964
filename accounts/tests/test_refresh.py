import pytest

from accounts.sessions import start_session
from accounts.tests.factories import UserFactory
from booking.tests import codes

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/refresh"
ME = "/api/v1/auth/me"


def refresh(api, token):
    return api().post(URL, {"refresh": str(token)})


def test_refreshing_returns_a_new_pair_of_tokens(api):
    user = UserFactory()

    response = refresh(api, start_session(user))

    assert response.status_code == 200, response.data
    assert api(token=response.data["access"]).get(ME).data["id"] == user.pk
    assert refresh(api, response.data["refresh"]).status_code == 200


def test_a_refresh_token_works_only_once(api, nothing_changes):
    token = start_session(UserFactory())
    newer = refresh(api, token).data["refresh"]

    with nothing_changes():
        response = refresh(api, token)

    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]
    assert refresh(api, newer).status_code == 200


def test_only_one_of_several_simultaneous_requests_gets_new_tokens(api, at_once):
    token = start_session(UserFactory())

    responses = at_once(*[lambda: refresh(api, token)] * 6)

    assert sorted(r.status_code for r in responses) == [200] + [401] * 5


def test_a_refresh_token_lasts_fourteen_days(api, clock):
    user = UserFactory()
    first, second = start_session(user), start_session(user)

    clock.shift(14 * 24 * 3600 - 60)
    assert refresh(api, first).status_code == 200
    clock.shift(120)
    response = refresh(api, second)

    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "required"),
        ({"refresh": None}, 400, "null"),
        ({"refresh": ""}, 400, "blank"),
        ({"refresh": ["x"]}, 400, "invalid"),
        ({"refresh": "a\0b"}, 400, "null_characters_not_allowed"),
        ({"refresh": "no token"}, 401, "token_not_valid"),
        ({"refresh": "ä.ö.ü"}, 401, "token_not_valid"),
        ({"refresh": "a.b.c"}, 401, "token_not_valid"),
    ],
)
def test_an_invalid_token_is_refused(api, nothing_changes, body, status, code):
    with nothing_changes():
        response = api().post(URL, body)

    assert response.status_code == status
    assert codes(response) == [code]


def test_an_access_token_is_refused_as_a_refresh_token(api):
    response = refresh(api, start_session(UserFactory()).access_token)

    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]
