"""The sentences of refusals are in our words, also where a library refuses."""

import pytest
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.tests.factories import UserFactory
from booking.api import errors

pytestmark = pytest.mark.django_db

APPOINTMENTS = "/api/v1/appointments"


def sentence(response):
    [error] = response.json()["errors"]
    return error["detail"]


def test_a_missing_token(api):
    assert sentence(api().get(APPOINTMENTS)) == errors.SignInRequired.default_detail


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
def test_a_token_that_is_none(api, token):
    refusal = errors.TokenNotValid.default_detail

    assert sentence(api(token=token).get(APPOINTMENTS)) == refusal


def test_a_refresh_token_that_is_none(api):
    response = api().post("/api/v1/auth/refresh", {"refresh": "nonsense"})

    assert sentence(response) == errors.TokenNotValid.default_detail


def test_a_refresh_token_in_place_of_an_access_token(api):
    token = RefreshToken.for_user(UserFactory())

    response = api(token=token).get(APPOINTMENTS)

    assert sentence(response) == errors.TokenNotValid.default_detail


def test_a_header_with_too_many_parts(api):
    client = api(token="two words")

    refusal = errors.BadAuthorizationHeader.default_detail

    assert sentence(client.get(APPOINTMENTS)) == refusal


def test_a_deactivated_account(api):
    token = AccessToken.for_user(UserFactory(is_active=False))

    response = api(token=token).get(APPOINTMENTS)

    assert sentence(response) == errors.UserInactive.default_detail


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ([], "non_field_errors", "Send a JSON object."),
        ({"duration": "x"}, "duration", "Send a whole number."),
        ({"hold": "x"}, "hold", "Send true or false."),
        ({"type": "x"}, "type", "Choose one of: one-off, consultation."),
    ],
)
def test_a_field_that_cannot_be_read(api, sent, field, sentence):
    response = api(UserFactory()).post(APPOINTMENTS, sent)

    found = {error["attr"]: error["detail"] for error in response.json()["errors"]}
    assert found[field] == sentence


def test_a_body_that_is_not_json(api):
    response = api().post("/api/v1/auth/login", "{", content_type="application/json")

    assert sentence(response).startswith("The body is not JSON")
