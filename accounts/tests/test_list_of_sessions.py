"""A user sees where they are signed in, and ends it."""

import pytest

from accounts.models import Session
from accounts.sessions import start_session
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def sign_in(api, user):
    def post(address="203.0.113.7"):
        body = {"email": user.email, "password": PASSWORD}
        return api().post(f"{AUTH}/login", body, REMOTE_ADDR=address).json()["access"]

    return post


def test_sessions_are_listed_with_the_one_of_this_request(api, sign_in):
    phone, laptop = sign_in(), sign_in("203.0.113.8")
    start_session(UserFactory())

    listed = api(token=phone).get(f"{AUTH}/sessions").json()["results"]

    assert [(one["address"], one["is_current"]) for one in listed] == [
        ("203.0.113.8", False),
        ("203.0.113.7", True),
    ]
    assert "jti" not in listed[0]
    again = api(token=laptop).get(f"{AUTH}/sessions").json()["results"]
    assert [one["is_current"] for one in again] == [True, False]


def test_an_ended_session_signs_nobody_in(api, sign_in):
    phone, laptop = sign_in(), sign_in()
    lost = Session.objects.earliest("id").pk

    assert api(token=laptop).delete(f"{AUTH}/sessions/{lost}").status_code == 204

    assert api(token=phone).get(f"{AUTH}/me").status_code == 401
    assert api(token=laptop).get(f"{AUTH}/me").status_code == 200


def test_others_sessions_are_unknown(api, sign_in):
    token = sign_in()
    start_session(other := UserFactory())
    url = f"{AUTH}/sessions/{other.sessions.get().pk}"

    assert api(token=token).delete(url).status_code == 404
    assert other.sessions.exists()


def test_an_expired_session_is_not_listed(api, sign_in, user):
    token = sign_in()
    old = Session.objects.get()
    start_session(user)
    Session.objects.exclude(pk=old.pk).update(expires_at="2020-01-01T00:00Z")

    listed = api(token=token).get(f"{AUTH}/sessions").json()["results"]

    assert [one["id"] for one in listed] == [old.pk]
