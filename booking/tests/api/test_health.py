"""Health checks and other routes with, without, or with an old database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from rest_framework.test import APIClient

from accounts.tests.factories import PASSWORD, UserFactory

UNAVAILABLE = [("server_error", "database_unavailable", None)]


@pytest.fixture
def without_database(monkeypatch):
    """Make a call in a thread whose database cannot be reached."""
    for name, value in {"HOST": "127.0.0.1", "PORT": "1"}.items():
        monkeypatch.setitem(connections.settings["default"], name, value)

    def run(call, *args):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(call, *args).result()

    return run


def refusals(response):
    body = response.json()
    return [(body["type"], e["code"], e["attr"]) for e in body["errors"]]


@pytest.mark.parametrize("path", ["/livez", "/livez/"])
def test_the_process_is_alive_without_any_query(api, path):
    # Without the mark, pytest-django fails a test that uses the database.
    response = api().get(path)

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/readyz", "/readyz/"])
def test_the_service_is_ready_with_a_database_and_every_migration(api, path):
    response = api().get(path)

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_the_service_is_not_ready_while_a_migration_is_missing(api):
    MigrationRecorder.Migration.objects.filter(app="appointments").last().delete()

    response = api().get("/readyz")

    assert response.status_code == 503
    assert refusals(response) == [("server_error", "not_migrated", None)]


@pytest.mark.django_db
def test_the_service_is_ready_with_migrations_of_a_newer_version(api):
    MigrationRecorder.Migration.objects.create(app="appointments", name="9999_next")

    assert api().get("/readyz").status_code == 200


@pytest.mark.django_db
def test_the_service_is_not_ready_without_a_database(api, without_database):
    response = without_database(api().get, "/readyz")

    assert response.status_code == 503
    assert refusals(response) == UNAVAILABLE


@pytest.mark.django_db
def test_the_process_is_alive_without_a_database(api, without_database):
    assert without_database(api().get, "/livez").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/v1/therapists"),
        ("get", "/api/v1/therapists/1"),
        ("get", "/api/v1/specialisms"),
        ("post", "/api/v1/auth/login"),
        ("post", "/api/v1/auth/register"),
        ("get", "/api/v1/appointments"),
        ("get", "/api/v1/appointments/1"),
        ("get", "/get_appointments"),
    ],
)
def test_routes_respond_with_503_without_a_database(
    api, without_database, method, path
):
    sent = [{"email": "new@example.com", "password": PASSWORD}] * (method == "post")
    client = api(UserFactory())
    client.raise_request_exception = False

    response = without_database(getattr(client, method), path, *sent)

    assert response.status_code == 503
    assert refusals(response) == UNAVAILABLE


@pytest.mark.django_db
def test_the_admin_responds_with_503_without_a_database(client, without_database):
    client.cookies["sessionid"] = "a" * 32

    response = without_database(client.get, "/admin/")

    assert response.status_code == 503
    assert response["Content-Type"].startswith("text/plain")
    assert "cannot be reached" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_checks_need_neither_an_allowed_host_nor_tls(api, settings, path):
    settings.ALLOWED_HOSTS = ["booking.example"]
    settings.SECURE_SSL_REDIRECT = True

    response = APIClient(headers={"host": "10.0.0.7:8000"}).get(path)

    assert response.status_code == 200


def test_health_checks_accept_only_reads(api):
    response = api().post("/livez")

    assert response.status_code == 405
    assert refusals(response) == [("client_error", "method_not_allowed", None)]
