"""Whatever goes wrong is told as JSON, in one shape, in every stage."""

from runpy import run_module

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver, path
from psycopg.errors import DeadlockDetected
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny

from accounts.tests.factories import UserFactory
from booking.api.health import CHECKS
from booking.api.requests import Request
from booking.tests import codes, refusals
from booking.urls import urlpatterns as real
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"
THERAPISTS = "/api/v1/therapists"


def crash(request):
    raise RuntimeError("the password is swordfish")


def lose_the_database(request):
    raise OperationalError("the host is db.internal")


def be_overtaken(request):
    raise OperationalError from DeadlockDetected()


def give_up(request):
    return HttpResponse(status=418)


def in_the_api(view):
    return api_view(["GET"])(permission_classes([AllowAny])(lambda request: view(None)))


urlpatterns = [
    path("crash", crash),
    path("api/crash", in_the_api(crash)),
    path("lost", lose_the_database),
    path("api/lost", in_the_api(lose_the_database)),
    path("overtaken", be_overtaken),
    path("api/overtaken", in_the_api(be_overtaken)),
    path("refused", give_up),
    *real,
]


@pytest.fixture(autouse=True, params=[False, True], ids=["production", "debugging"])
def debug(request, settings):
    settings.DEBUG = request.param


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/nowhere",
        "/api/v1/",
        "/api/v1/nowhere",
        "/api/v2/therapists",
        "/api/v1/therapists/1/nowhere",
        "/static/nowhere.js",
        "/%00",
        "/%ff",
        "/nowhere?" + "x=1&" * 2000,
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_route_is_not_found(api, method, url):
    response = getattr(api(), method)(url)

    assert response.status_code == 404
    assert refusals(response) == [(None, "not_found")]


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("get", LOGIN, {"POST", "OPTIONS"}),
        ("get", "/register", {"POST", "OPTIONS"}),
        ("post", THERAPISTS, {"GET", "HEAD", "OPTIONS"}),
        ("delete", f"{THERAPISTS}/1", {"GET", "HEAD", "OPTIONS"}),
        ("brew", THERAPISTS, {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_a_route_lacks_is_refused(api, method, url, allowed):
    response = api().generic(method.upper(), url)

    assert response.status_code == 405
    assert refusals(response) == [(None, "method_not_allowed")]
    assert set(response["Allow"].split(", ")) == allowed


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
def test_a_bad_body_is_refused(api, body, status, code):
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


@pytest.fixture
def served():
    """Answer a request made by the application's class, not by the test client's."""
    application = WSGIHandler()

    def send(method, url, body=b"", content_type=""):
        environ = RequestFactory().generic(method, url, body).environ
        response = application.get_response(
            Request(environ | {"CONTENT_TYPE": content_type})
        )
        return response.status_code, response.content.decode()

    return send


CHARSETS = ["utf-8", "utf-16", "base64", "rot13", "x", '"utf-8"']


def test_the_application_is_served_with_our_requests(monkeypatch):
    monkeypatch.setenv("APPLICATION_STAGE", "test")

    application = run_module("booking.wsgi")["application"]

    assert application.request_class is Request


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_body_is_utf8_whatever_charset_is_claimed(served, charset):
    status, answer = served(
        "POST",
        "/login?x=1",
        '{"email": "zoë@example.com", "password": "x"}'.encode(),
        f"application/json; charset={charset}",
    )

    assert status == 401
    assert "no_active_account" in answer


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_query_is_utf8_whatever_charset_is_claimed(served, charset):
    TherapistFactory(name="Zoë")

    status, answer = served(
        "GET",
        f"{THERAPISTS}?search=%C3%AB",
        content_type=f"application/json; charset={charset}",
    )

    assert status == 200
    assert "Zoë" in answer


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_many_parameters_are_no_crash_whatever_is_claimed(served, method, charset):
    status, answer = served(
        method,
        f"{THERAPISTS}?" + "x=1&" * 1001,
        content_type=f"application/json; charset={charset}",
    )

    assert status == {"GET": 400, "POST": 405}[method]
    assert '"errors"' in answer


@pytest.mark.parametrize(
    "url", [THERAPISTS, "/get_appointments", "/api/v1/specialisms"]
)
def test_too_many_parameters_are_refused(api, url):
    response = api(UserFactory()).get(f"{url}?" + "x=1&" * 1001)

    assert response.status_code == 400
    assert codes(response) == ["parse_error"]


@pytest.mark.parametrize("host", ["evil.example", "a b", "x" * 300, "[::", "é", "a/b"])
@pytest.mark.parametrize("url", [THERAPISTS, "/nowhere"])
def test_a_host_that_is_not_ours_is_refused(api, settings, host, url):
    settings.ALLOWED_HOSTS = ["testserver"]

    response = api().get(url, HTTP_HOST=host)

    assert response.status_code == 400
    assert codes(response) == ["parse_error"]


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "x", "image/*"])
def test_the_answer_is_json_whatever_is_accepted(api, accept):
    response = api().get(THERAPISTS, HTTP_ACCEPT=accept)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("accept", ["text/xml", "application/xml", "x", "image/*"])
@pytest.mark.parametrize("page", ["schema", "docs", "redoc"])
def test_what_cannot_be_answered_otherwise_is_refused_as_json(api, page, accept):
    response = api().get(f"/api/v1/{page}", HTTP_ACCEPT=accept)

    assert response.status_code == 406
    assert codes(response) == ["not_acceptable"]


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_docs_load_nothing_from_elsewhere(api, page):
    response = api().get(f"/api/v1/{page}")

    assert response.status_code == 200
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert b"https://" not in response.content


@pytest.mark.parametrize("url", ["/crash", "/api/crash"])
@pytest.mark.urls("booking.tests.api.test_errors")
def test_a_crash_tells_nothing(api, url):
    response = api().get(url)

    assert response.status_code == 500
    assert refusals(response) == [(None, "error")]
    assert "swordfish" not in response.content.decode()


@pytest.mark.parametrize("url", ["/lost", "/api/lost"])
@pytest.mark.urls("booking.tests.api.test_errors")
def test_without_a_database_one_may_try_again(api, url):
    response = api().get(url)

    assert response.status_code == 503
    assert refusals(response) == [(None, "database_unavailable")]
    assert "internal" not in response.content.decode()


@pytest.mark.parametrize("url", ["/overtaken", "/api/overtaken"])
@pytest.mark.urls("booking.tests.api.test_errors")
def test_whoever_is_overtaken_is_told_when_to_try_again(api, url):
    response = api().get(url)

    assert response.status_code == 503
    assert refusals(response) == [(None, "overtaken")]
    assert response["Retry-After"] == "1"


@pytest.mark.urls("booking.tests.api.test_errors")
def test_a_refusal_of_no_known_kind_is_not_the_servers_fault(api):
    response = api().get("/refused")

    assert response.status_code == 418
    assert response.json()["type"] == "client_error"
    assert "server" not in response.json()["errors"][0]["detail"]


def routes(patterns=None, prefix=""):
    """Every route of ours, without the admin's, written with ids of 1."""
    for one in patterns or get_resolver().url_patterns:
        route = prefix + str(one.pattern).lstrip("^").removesuffix("$")
        if route.startswith("admin"):
            continue
        if hasattr(one, "url_patterns"):
            yield from routes(one.url_patterns, route)
        else:
            start, _, rest = route.partition("(?P<")
            yield "/" + (start + ("1/?" if rest else "")).removesuffix("/?")


ROUTES = sorted({*routes(real), *CHECKS})


def test_every_route_is_tried():
    assert {"/login", "/api/v1/appointments/1", "/livez"} <= set(ROUTES)


@pytest.mark.parametrize("url", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
def test_a_trailing_slash_makes_no_difference(api, method, url):
    user = UserFactory()

    responses = [api(user).generic(method, url + slash) for slash in ("", "/")]

    assert responses[0].status_code == responses[1].status_code
    assert responses[0].status_code not in (301, 302, 500)
    if responses[0].status_code >= 400 and method != "HEAD":
        assert refusals(responses[0]) == refusals(responses[1])
