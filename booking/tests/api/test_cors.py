"""Front ends on other origins: which may use the API, and which headers they read."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.tests.factories import UserFactory
from booking import env

pytestmark = pytest.mark.django_db

ORIGIN = "https://www.example.com"
URL = "/api/v1/appointments"
PREFLIGHT = {
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "authorization,content-type,idempotency-key",
}


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]


def split(header):
    return {name.strip().lower() for name in header.split(",")}


def test_a_preflight_is_answered_without_the_database(
    client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.options(URL, HTTP_ORIGIN=ORIGIN, **PREFLIGHT)

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert split(response["Access-Control-Allow-Methods"]) == {
        "get",
        "post",
        "patch",
        "delete",
    }
    assert split(response["Access-Control-Allow-Headers"]) == {
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "x-request-id",
    }
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("path", [URL, "/api/v1/practice", "/api/v1/nothing"])
def test_responses_and_refusals_can_be_read(client, path):
    response = client.get(path, HTTP_ORIGIN=ORIGIN)

    assert response.status_code in (200, 401, 404)
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert split(response["Access-Control-Expose-Headers"]) == {
        "etag",
        "x-request-id",
        "idempotent-replayed",
        "retry-after",
    }
    assert "origin" in split(response["Vary"])
    assert response["X-Request-ID"]


def test_a_body_that_is_too_long_can_be_read_as_refused(client, settings):
    settings.BODY_LIMIT_BYTES = 10

    response = client.post(
        URL, "{" + " " * 20 + "}", content_type="application/json", HTTP_ORIGIN=ORIGIN
    )

    assert response.status_code == 413
    assert response["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "http://www.example.com",
        "https://www.example.com:8443",
        "https://www.example.com.evil.org",
        "null",
    ],
)
def test_other_origins_read_nothing(api, origin):
    response = api(UserFactory()).get(URL, HTTP_ORIGIN=origin)

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("path", ["/login", "/get_appointments", "/admin/login/"])
def test_only_the_api_answers_other_origins(client, path):
    response = client.options(path, HTTP_ORIGIN=ORIGIN, **PREFLIGHT)

    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", []),
        (
            "https://a.example, http://localhost:5173",
            ["https://a.example", "http://localhost:5173"],
        ),
    ],
)
def test_origins_are_separated_by_commas(monkeypatch, text, origins):
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", text)

    assert env.origins("CORS_ALLOWED_ORIGINS") == origins


@pytest.mark.parametrize(
    "text",
    ["*", "example.com", "https://a.example/", "https://a.example/app", "ftp://a"],
)
def test_an_unusable_origin_is_named(monkeypatch, text):
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", text)

    with pytest.raises(ImproperlyConfigured, match="CORS_ALLOWED_ORIGINS"):
        env.origins("CORS_ALLOWED_ORIGINS")
