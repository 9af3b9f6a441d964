"""Security headers, wherever a response was made."""

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests.api.test_permissions import MATRIX, scene  # noqa: F401

pytestmark = pytest.mark.django_db

THERAPISTS = "/api/v1/therapists"
LOGIN = "/api/v1/auth/login"
# A response of a view, and one of each place outside that refuses or answers.
REQUESTS = {
    "a view": ("GET", THERAPISTS, {}),
    "an unknown route": ("GET", "/nowhere", {}),
    "an unknown file": ("GET", "/static/nowhere.js", {}),
    "a method not allowed": ("PUT", THERAPISTS, {}),
    "a body too large": ("POST", LOGIN, {"data": b" " * 65_537}),
    "another content type": ("POST", LOGIN, {"content_type": "text/plain"}),
    "too many parameters": ("GET", f"{THERAPISTS}?{'x=1&' * 1001}", {}),
    "a foreign host": ("GET", THERAPISTS, {"HTTP_HOST": "evil.example"}),
    "a health check": ("GET", "/livez", {}),
    "readiness": ("GET", "/readyz", {}),
    "the admin": ("GET", "/admin/login/", {}),
    "a refusal of the admin": ("POST", "/admin/login/", {}),
    "the schema": ("GET", "/api/v1/schema", {}),
    "the docs": ("GET", "/api/v1/docs", {}),
}


@pytest.mark.usefixtures("debug")
@pytest.mark.parametrize("name", REQUESTS)
def test_every_response_has_the_headers(settings, name):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_HSTS_SECONDS = 60
    method, url, extra = REQUESTS[name]
    extra = {"content_type": "application/json"} | extra
    client = APIClient(enforce_csrf_checks=True)

    response = client.generic(method, url, secure=True, **extra)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Strict-Transport-Security"] == "max-age=60"
    assert "default-src" in response["Content-Security-Policy"]


def test_a_redirect_to_https_has_the_headers(settings, client):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get(THERAPISTS)

    assert response.status_code == 301
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("url", [THERAPISTS, "/nowhere", "/livez"])
def test_a_browser_may_do_nothing_with_data(client, url):
    policy = client.get(url)["Content-Security-Policy"]

    assert policy == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", "/api/v1/docs"])
def test_a_page_runs_no_script_of_its_own(boss, url):
    response = boss.get(url, follow=True)

    policy = dict(
        directive.strip().split(" ", 1)
        for directive in response["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert b"<script>" not in response.content


@pytest.mark.parametrize("route", MATRIX)
def test_no_response_to_a_signed_in_user_is_stored(api, scene, route):  # noqa: F811
    method, _, path = route.partition(" ")
    url = "/" + path.format(**scene["ids"])

    for person in scene["people"].values():
        if person is not None:
            response = api(token=AccessToken.for_user(person)).generic(method, url)

            assert response["Cache-Control"] == "no-store"


def test_no_refusal_of_a_token_is_stored(api):
    response = api(token="nonsense").get("/api/v1/appointments")

    assert response.status_code == 401
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["auth/register", "register", "auth/login", "login"])
def test_no_tokens_are_stored(api, path):
    email = "kit@example.com"
    if "login" in path:
        UserFactory(email=email)

    response = api().post(f"/api/v1/{path}", {"email": email, "password": PASSWORD})

    assert response.json()["access"]
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["/admin/", "/admin/accounts/user/", "/admin/nowhere/"])
def test_nothing_of_the_admin_is_stored(boss, url):
    assert "no-store" in boss.get(url)["Cache-Control"]


def test_an_unchanged_document_is_not_stored_for_a_signed_in_user(api):
    client = api(token=AccessToken.for_user(UserFactory()))
    etag = client.get("/api/v1/schema")["ETag"]

    response = client.get("/api/v1/schema", headers={"If-None-Match": etag})

    assert response.status_code == 304
    assert response["Cache-Control"] == "no-store"


def test_the_public_directory_may_be_cached(api):
    assert "Cache-Control" not in api().get(THERAPISTS)
