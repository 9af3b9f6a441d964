"""Bodies, charsets, parameters and hosts of requests."""

from runpy import run_module

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from accounts.tests.factories import UserFactory
from booking.api.requests import Request
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("debug")]

LOGIN = "/api/v1/auth/login"
THERAPISTS = "/api/v1/therapists"


@pytest.fixture
def serve():
    """Serve a request of the application's own class, not of the test client's."""
    application = WSGIHandler()

    def serve_request(method, url, body=b"", content_type="", **headers):
        environ = RequestFactory().generic(method, url, body).environ
        response = application.get_response(
            Request(environ | {"CONTENT_TYPE": content_type} | headers)
        )
        return response.status_code, response.content.decode()

    return serve_request


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "parse_error"),
        (b"[" * 50_000, 400, "parse_error"),
        (b'{"email": "\xff"}', 400, "parse_error"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "null"),
        (b" " * 65_537, 413, "too_large"),
    ],
    ids=lambda v: ascii(v)[:20],
)
def test_a_malformed_body_is_refused(api, body, status, code):
    response = api().post(LOGIN, body, content_type="application/json")

    assert response.status_code == status
    assert codes(response) == [code]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "x/y",
        "x",
    ],
)
def test_another_content_type_is_refused(api, content_type):
    response = api().post(LOGIN, b"a=b", content_type=content_type)

    assert response.status_code == 415
    assert codes(response) == ["unsupported_media_type"]


def test_a_server_that_cannot_read_chunks_asks_for_the_length(serve):
    status, body = serve("POST", LOGIN, b"{}", HTTP_TRANSFER_ENCODING="chunked")

    assert status == 411
    assert "length_required" in body


CHARSETS = ["utf-8", "utf-16", "base64", "rot13", "x", '"utf-8"']


def test_the_application_uses_our_request_class(monkeypatch):
    monkeypatch.setenv("APPLICATION_STAGE", "test")

    application = run_module("booking.wsgi")["application"]

    assert application.request_class is Request


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_body_is_read_as_utf8_in_any_charset(serve, charset):
    status, body = serve(
        "POST",
        "/login",
        '{"email": "zoë@example.com", "password": "x"}'.encode(),
        f"application/json; charset={charset}",
    )

    assert status == 401
    assert "no_active_account" in body


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_query_is_read_as_utf8_in_any_charset(serve, charset):
    TherapistFactory(name="Zoë")

    status, body = serve(
        "GET",
        f"{THERAPISTS}?search=%C3%AB",
        content_type=f"application/json; charset={charset}",
    )

    assert status == 200
    assert "Zoë" in body


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_too_many_parameters_do_not_crash_in_any_charset(serve, method, charset):
    status, body = serve(
        method,
        f"{THERAPISTS}?" + "x=1&" * 1001,
        content_type=f"application/json; charset={charset}",
    )

    assert status == {"GET": 400, "POST": 405}[method]
    assert '"errors"' in body


@pytest.mark.parametrize(
    "url", [THERAPISTS, "/get_appointments", "/api/v1/specialisms"]
)
def test_too_many_parameters_are_refused(api, url):
    response = api(UserFactory()).get(f"{url}?" + "x=1&" * 1001)

    assert response.status_code == 400
    assert codes(response) == ["parse_error"]


@pytest.mark.parametrize("host", ["evil.example", "a b", "x" * 300, "[::", "é", "a/b"])
@pytest.mark.parametrize("url", [THERAPISTS, "/nowhere"])
def test_a_host_that_is_not_allowed_is_refused(api, settings, host, url):
    settings.ALLOWED_HOSTS = ["testserver"]

    response = api().get(url, HTTP_HOST=host)

    assert response.status_code == 400
    assert codes(response) == ["parse_error"]
