import logging

import pytest
from django.contrib.auth.hashers import check_password
from django.db import OperationalError
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/register"


def account(**changes):
    return {"email": "ada@example.com", "password": PASSWORD} | changes


def test_registering_makes_a_client_and_signs_them_in(api):
    response = api().post(URL, account(name="Ada", time_zone="Europe/London"))

    assert response.status_code == 201, response.data
    user = User.objects.get()
    assert response.data["user"] == {
        "id": user.pk,
        "email": "ada@example.com",
        "roles": ["client"],
        "therapist_id": None,
        "permissions": [],
        "email_verified": False,
        "name": "Ada",
        "phone": None,
        "time_zone": "Europe/London",
        "language": "en",
        "reminders": True,
        "is_staff": False,
        "date_joined": "2029-12-01T08:00:00"
        + response.data["user"]["date_joined"][19:],
    }
    me = api(token=response.data["access"]).get("/api/v1/auth/me")
    assert me.data == response.data["user"]
    refreshed = api().post(
        "/api/v1/auth/refresh", {"refresh": response.data["refresh"]}
    )
    assert refreshed.status_code == 200


def test_name_and_time_zone_have_defaults(api, settings):
    settings.PRACTICE_TIME_ZONE = "Europe/London"

    response = api().post(URL, account())

    assert response.status_code == 201
    user = User.objects.get()
    assert (user.name, user.time_zone) == ("", "Europe/London")


def test_the_password_is_hashed_and_neither_returned_nor_logged(api, caplog):
    with caplog.at_level(logging.DEBUG):
        response = api().post(URL, account())

    assert check_password(PASSWORD, User.objects.get().password)
    assert PASSWORD not in response.content.decode() + caplog.text


def test_a_registration_cannot_ask_for_rights_or_an_id(api):
    asked = {"id": 77, "is_staff": True, "is_superuser": True}

    response = api().post(URL, account(**asked))

    assert response.status_code == 400
    assert refusals(response) == [(name, "unknown_field") for name in asked]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "email", ["ada@example.com", "ADA@EXAMPLE.COM", " Ada@Example.com "]
)
def test_an_address_registers_only_once_in_any_case(api, nothing_changes, email):
    UserFactory(email="ada@example.com")

    with nothing_changes():
        response = api().post(URL, account(email=email))

    assert response.status_code == 400
    assert refusals(response) == [("email", "unique")]


def test_the_address_is_stored_in_lower_case(api):
    response = api().post(URL, account(email="Ada.Lovelace@Example.COM"))

    assert response.data["user"]["email"] == "ada.lovelace@example.com"
    assert User.objects.get().email == "ada.lovelace@example.com"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param({"password": "aK3!x"}, "password_too_short", id="too short"),
        pytest.param({"password": "aK3!" * 33}, "max_length", id="too long"),
        pytest.param({"password": "password1"}, "password_too_common", id="common"),
        pytest.param(
            {"password": "8675309867"}, "password_entirely_numeric", id="digits only"
        ),
        pytest.param(
            {"password": "ada@example.com"}, "password_too_similar", id="the address"
        ),
        pytest.param(
            {"password": "Ada Lovelace", "name": "Ada Lovelace"},
            "password_too_similar",
            id="the name",
        ),
        pytest.param(
            {"password": "correct\0horse"}, "null_characters_not_allowed", id="NUL"
        ),
        pytest.param({"password": None}, "null", id="null"),
        pytest.param({"password": ""}, "blank", id="empty"),
        pytest.param({"password": ["correct horse"]}, "invalid", id="a list"),
    ],
)
def test_a_bad_password_is_refused(api, nothing_changes, changes, refused):
    with nothing_changes():
        response = api().post(URL, account(**changes))

    assert response.status_code == 400
    assert ("password", refused) in refusals(response)


def test_every_weakness_of_a_password_is_listed(api):
    response = api().post(URL, account(password="1234567"))

    assert codes(response) == [
        "password_entirely_numeric",
        "password_too_common",
        "password_too_short",
    ]


@pytest.mark.parametrize(
    "password", ["пароль из слов", "🦄🐎🔋📎🦄🐎🔋📎", "  spaces at both ends  "]
)
def test_a_password_can_contain_any_characters(api, password):
    api().post(URL, account(password=password))

    credentials = {"email": "ada@example.com", "password": password}
    assert api().post("/api/v1/auth/login", credentials).status_code == 200
    credentials["password"] = password.strip() + "?"
    assert api().post("/api/v1/auth/login", credentials).status_code == 401


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        pytest.param("email", "ada", "invalid", id="no address"),
        pytest.param("email", "ada@example", "invalid", id="no domain"),
        pytest.param("email", "", "blank", id="empty address"),
        pytest.param("email", None, "null", id="null address"),
        pytest.param("email", {"a": 1}, "invalid", id="address is an object"),
        pytest.param("email", "a" * 250 + "@example.com", "max_length", id="long"),
        pytest.param(
            "email", "a\0@example.com", "null_characters_not_allowed", id="NUL address"
        ),
        pytest.param("name", "a" * 151, "max_length", id="long name"),
        pytest.param("name", "A\0da", "null_characters_not_allowed", id="NUL name"),
        pytest.param("name", None, "null", id="null name"),
        pytest.param("name", ["Ada"], "invalid", id="name is a list"),
        pytest.param("time_zone", "Mars/Olympus", "unknown_time_zone", id="no zone"),
        pytest.param("time_zone", "../../etc/passwd", "unknown_time_zone", id="path"),
        pytest.param("time_zone", "Z" * 65, "max_length", id="long zone"),
        pytest.param("time_zone", "", "blank", id="empty zone"),
        pytest.param("time_zone", None, "null", id="null zone"),
    ],
)
def test_a_bad_field_is_refused(api, nothing_changes, field, value, refused):
    with nothing_changes():
        response = api().post(URL, account(**{field: value}))

    assert response.status_code == 400
    assert (field, refused) in refusals(response)
    assert {attr for attr, _ in refusals(response)} == {field}


@pytest.mark.parametrize(
    "email",
    [
        pytest.param(
            "a" * 230 + "@" + "İ" * 10 + ".example.com", id="grows in lower case"
        ),
        pytest.param("\u212aelvin@example.com", id="Kelvin sign"),
        pytest.param("ada@" + "a" * 62 + ".example.com", id="long label"),
    ],
)
def test_an_unusual_address_does_not_crash(api, email):
    response = api().post(URL, account(email=email))

    assert response.status_code in (201, 400), response.data


def test_every_missing_field_is_listed(api, nothing_changes):
    with nothing_changes():
        response = api().post(URL)

    assert response.status_code == 400
    assert refusals(response) == [("email", "required"), ("password", "required")]


@pytest.mark.parametrize(
    "name", ["Zoë 🦄 O'Neil", "नेहा \u200d शर्मा", "שרה כהן", "محمد", "👩\u200d⚕️ Ada"]
)
def test_a_name_can_contain_any_visible_characters(api, name):
    api().post(URL, account(name=name))

    assert User.objects.get().name == name


def test_an_unpaired_surrogate_is_refused(api, nothing_changes):
    body = (
        b'{"email": "ada@example.com", "password": "correct horse", "name": "\\ud800"}'
    )

    with nothing_changes():
        response = api().post(URL, body, content_type="application/json")

    assert response.status_code == 400
    assert codes(response) == ["parse_error"]


def test_simultaneous_registrations_of_one_address_make_one_account(api, at_once):
    addresses = ["ada@example.com", "ADA@example.com"] * 2
    calls = [lambda e=email: api().post(URL, account(email=e)) for email in addresses]

    responses = at_once(*calls)

    assert sorted(r.status_code for r in responses) == [201, 400, 400, 400]
    refused = [r for r in responses if r.status_code == 400]
    assert {tuple(refusals(r)) for r in refused} == {(("email", "unique"),)}
    assert User.objects.count() == 1


def test_no_account_is_made_if_its_tokens_fail(api, nothing_changes, monkeypatch):
    def fail(user):
        raise OperationalError

    monkeypatch.setattr(RefreshToken, "for_user", fail)

    with nothing_changes():
        response = api().post(URL, account())

    assert response.status_code == 503
