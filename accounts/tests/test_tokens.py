"""Which tokens are accepted."""

import jwt
import pytest
from django.conf import settings

from accounts.sessions import start_session
from accounts.tests.factories import UserFactory
from booking.tests import codes

pytestmark = pytest.mark.django_db

ME = "/api/v1/auth/me"
REFRESH = "/api/v1/auth/refresh"


def start_and_get_access(user):
    return start_session(user).access_token


def signed(token, key=settings.SECRET_KEY, algorithm="HS256", **claims):
    return jwt.encode(token.payload | claims, key, algorithm)


def without(token, claim):
    return jwt.encode(
        {name: value for name, value in token.payload.items() if name != claim},
        settings.SECRET_KEY,
        "HS256",
    )


def test_an_access_token_lasts_fifteen_minutes(api, clock):
    token = start_and_get_access(UserFactory())

    clock.shift(15 * 60 - 5)
    assert api(token=token).get(ME).status_code == 200
    clock.shift(10)
    response = api(token=token).get(ME)

    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda t: "x", id="malformed"),
        pytest.param(lambda t: "a.b.c", id="three empty parts"),
        pytest.param(lambda t: "\u00ff", id="not ASCII"),
        pytest.param(lambda t: f"{t}x", id="edited signature"),
        pytest.param(lambda t: signed(t, key="k" * 50), id="another key"),
        pytest.param(lambda t: signed(t, key=None, algorithm="none"), id="alg none"),
        pytest.param(lambda t: signed(t, algorithm="HS384"), id="another algorithm"),
        pytest.param(lambda t: signed(t, token_type="x"), id="another type"),
        pytest.param(lambda t: signed(t, exp=1), id="expired"),
        pytest.param(lambda t: signed(t, hash_password="x"), id="another password"),
        pytest.param(lambda t: without(t, "exp"), id="no expiry"),
        pytest.param(lambda t: without(t, "token_type"), id="no type"),
        pytest.param(lambda t: without(t, "user_id"), id="no user"),
        pytest.param(lambda t: without(t, "hash_password"), id="no password"),
        pytest.param(lambda t: without(t, "jti"), id="no id"),
    ],
)
@pytest.mark.parametrize("issue", [start_and_get_access, start_session])
def test_a_forged_or_expired_token_is_refused(api, nothing_changes, issue, forge):
    forged = forge(issue(UserFactory()))

    with nothing_changes():
        as_access = api(token=forged).get(ME)
        as_refresh = api().post(REFRESH, {"refresh": forged})

    assert (as_access.status_code, as_refresh.status_code) == (401, 401)
    assert as_access["WWW-Authenticate"].startswith("Bearer")
    codes(as_access)
    codes(as_refresh)


@pytest.mark.parametrize("claim", ["user_id", "exp", "jti", "session", "hash_password"])
@pytest.mark.parametrize(
    "value",
    [
        *("", "x", "\0", "\u0661", "-1", "1e3", "9" * 30),
        *(None, True, -1, 0, 1.5, 1e300, 2**63, 10**400),
        *(float("nan"), float("inf"), [], [1], {}, {"id": 1}),
    ],
    ids=lambda value: repr(value)[:12],
)
@pytest.mark.parametrize("issue", [start_and_get_access, start_session])
def test_a_signed_token_with_a_nonsensical_claim_is_refused(
    api, nothing_changes, issue, claim, value
):
    token = signed(issue(UserFactory()), **{claim: value})

    with nothing_changes():
        as_access = api(token=token).get(ME)
        as_refresh = api().post(REFRESH, {"refresh": token})

    assert (as_access.status_code, as_refresh.status_code) == (401, 401)


def test_a_former_key_signs_nobody_out_while_it_is_a_fallback(api, settings):
    former = "a former key of this service, and a long one"
    pair = start_session(UserFactory())
    access, refresh = signed(pair.access_token, former), signed(pair, former)
    assert api(token=access).get(ME).status_code == 401
    assert api().post(REFRESH, {"refresh": refresh}).status_code == 401

    settings.SECRET_KEY_FALLBACKS = [
        "yet another key of this service, a long one",
        former,
    ]

    assert api(token=access).get(ME).status_code == 200
    response = api().post(REFRESH, {"refresh": refresh})
    assert response.status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    # The new tokens are signed with the new key.
    assert api(token=response.data["access"]).get(ME).status_code == 200
    again = api().post(REFRESH, {"refresh": response.data["refresh"]})
    assert again.status_code == 200


def test_a_refresh_token_is_refused_as_an_access_token(api):
    response = api(token=start_session(UserFactory())).get(ME)

    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]


def deactivate(user):
    user.is_active = False
    user.save()


def change_password(user):
    user.set_password("another horse battery")
    user.save()


@pytest.mark.parametrize(
    "end", [deactivate, change_password, lambda user: user.delete()]
)
def test_ending_an_account_ends_its_tokens_at_once(api, end):
    user = UserFactory()
    refresh = start_session(user)
    access = refresh.access_token
    assert api(token=access).get(ME).status_code == 200

    end(user)

    assert api(token=access).get(ME).status_code == 401
    response = api().post(REFRESH, {"refresh": str(refresh)})
    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer a b", "Basic YTpi", "Token x", "", "Bearer\u00a0x"]
)
def test_another_authorization_header_does_not_sign_in(api, header):
    response = api().get(ME, HTTP_AUTHORIZATION=header)

    assert response.status_code == 401
    codes(response)
