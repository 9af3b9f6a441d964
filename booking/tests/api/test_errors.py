"""Every error is JSON of one shape, in every stage."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import path
from psycopg.errors import DeadlockDetected
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny

from booking.tests import refusals
from booking.urls import urlpatterns as project_urls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("debug")]

LOGIN = "/api/v1/auth/login"
THERAPISTS = "/api/v1/therapists"


def crash(request):
    raise RuntimeError("the password is swordfish")


def lose_the_database(request):
    raise OperationalError("the host is db.internal")


def deadlock(request):
    raise OperationalError from DeadlockDetected()


def refuse(request):
    return HttpResponse(status=418)


def make_api_view(view):
    return api_view(["GET"])(permission_classes([AllowAny])(lambda request: view(None)))


urlpatterns = [
    path("crash", crash),
    path("api/crash", make_api_view(crash)),
    path("lost", lose_the_database),
    path("api/lost", make_api_view(lose_the_database)),
    path("overtaken", deadlock),
    path("api/overtaken", make_api_view(deadlock)),
    path("refused", refuse),
    *project_urls,
]


@pytest.mark.parametrize(
    "url",
    [
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


@pytest.mark.parametrize("url", ["/crash", "/api/crash"])
@pytest.mark.urls("booking.tests.api.test_errors")
def test_a_crash_reveals_nothing(api, url):
    response = api().get(url)

    assert response.status_code == 500
    assert refusals(response) == [(None, "error")]
    assert "swordfish" not in response.content.decode()


@pytest.mark.parametrize("url", ["/lost", "/api/lost"])
@pytest.mark.urls("booking.tests.api.test_errors")
def test_a_lost_database_is_reported_as_unavailable(api, url):
    response = api().get(url)

    assert response.status_code == 503
    assert refusals(response) == [(None, "database_unavailable")]
    assert "internal" not in response.content.decode()


@pytest.mark.parametrize("url", ["/overtaken", "/api/overtaken"])
@pytest.mark.urls("booking.tests.api.test_errors")
def test_an_overtaken_request_learns_when_to_try_again(api, url):
    response = api().get(url)

    assert response.status_code == 503
    assert refusals(response) == [(None, "overtaken")]
    assert response["Retry-After"] == "1"


@pytest.mark.urls("booking.tests.api.test_errors")
def test_an_unusual_client_error_is_not_a_server_error(api):
    response = api().get("/refused")

    assert response.status_code == 418
    assert response.json()["type"] == "client_error"
    assert "server" not in response.json()["errors"][0]["detail"]
