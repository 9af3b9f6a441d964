import logging

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/login"


@pytest.fixture
def hashings(monkeypatch):
    """The passwords that were hashed."""
    hashed = []
    encode = MD5PasswordHasher.encode

    def count(hasher, password, salt):
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return hashed


@pytest.mark.parametrize(
    "email", ["ada@example.com", "ADA@Example.com", " ada@example.com "]
)
def test_logging_in_returns_a_pair_of_tokens(api, email):
    UserFactory(email="ada@example.com")

    response = api().post(URL, {"email": email, "password": PASSWORD})

    assert response.status_code == 200, response.data
    assert response.data.keys() == {"access", "refresh"}
    me = api(token=response.data["access"]).get("/api/v1/auth/me")
    assert me.data["email"] == "ada@example.com"


@pytest.mark.parametrize(
    ("user", "password"),
    [
        pytest.param({}, "wrong horse battery", id="wrong password"),
        pytest.param({}, PASSWORD.upper(), id="password in another case"),
        pytest.param({}, f"{PASSWORD} ", id="password with a space"),
        pytest.param({"email": "bob@example.com"}, PASSWORD, id="unknown address"),
        pytest.param({"is_active": False}, PASSWORD, id="deactivated"),
        pytest.param({"password": "!"}, "!", id="no password"),
        pytest.param({"password": ""}, "?", id="empty hash"),
    ],
)
def test_all_failed_logins_get_the_same_response(api, nothing_changes, user, password):
    UserFactory(**{"email": "ada@example.com"} | user)

    with nothing_changes():
        response = api().post(URL, {"email": "ada@example.com", "password": password})

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert refusals(response) == [(None, "no_active_account")]


@pytest.mark.parametrize(
    "user",
    [
        pytest.param({}, id="wrong password"),
        pytest.param({"email": "bob@example.com"}, id="unknown address"),
        pytest.param({"is_active": False}, id="deactivated"),
        pytest.param({"password": "!"}, id="no password"),
    ],
)
def test_a_failed_login_hashes_once_even_without_an_account(api, hashings, user):
    UserFactory(**{"email": "ada@example.com"} | user)
    hashings.clear()

    api().post(URL, {"email": "ada@example.com", "password": "wrong horse"})

    assert len(hashings) == 1


def test_the_password_is_neither_returned_nor_logged(api, caplog):
    UserFactory(email="ada@example.com")

    with caplog.at_level(logging.DEBUG):
        right = api().post(URL, {"email": "ada@example.com", "password": PASSWORD})
        wrong = api().post(URL, {"email": "ada@example.com", "password": "wr0ng!"})

    output = right.content.decode() + wrong.content.decode() + caplog.text
    assert PASSWORD not in output
    assert "wr0ng!" not in output


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize(
    ("value", "refused"),
    [
        (None, "null"),
        ("", "blank"),
        (["ada@example.com"], "invalid"),
        ({"$ne": ""}, "invalid"),
        ("a\0", "null_characters_not_allowed"),
    ],
)
def test_a_malformed_field_is_refused(api, field, value, refused):
    credentials = {"email": "ada@example.com", "password": PASSWORD, field: value}

    response = api().post(URL, credentials)

    assert response.status_code == 400
    assert refusals(response) == [(field, refused)]


def test_every_missing_field_is_listed(api):
    assert codes(api().post(URL)) == ["required", "required"]


def test_credentials_in_the_query_string_do_not_sign_in(api):
    UserFactory(email="ada@example.com")

    response = api().post(f"{URL}?email=ada@example.com&password={PASSWORD}")

    assert response.status_code == 400


def test_an_expired_token_does_not_prevent_a_login(api):
    UserFactory(email="ada@example.com")

    response = api(token="expired").post(
        URL, {"email": "ada@example.com", "password": PASSWORD}
    )

    assert response.status_code == 200
