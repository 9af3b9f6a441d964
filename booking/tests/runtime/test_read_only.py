"""A database that accepts no changes, and the primary that takes its place."""

import pytest
from django.db import connection

from accounts.tests.factories import PASSWORD

APPOINTMENTS = "/api/v1/appointments"


@pytest.fixture
def set_read_only(server):
    """Let sessions that begin from now on accept no changes, or accept them again."""

    def set_all(value):
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER DATABASE {name} SET default_transaction_read_only = {value}"
            )

    yield set_all
    set_all("off")


@pytest.fixture
def end_sessions():
    def end():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    return end


def get_codes(response):
    status, body = response
    return status, [error["code"] for error in body["errors"]]


def test_changes_and_sign_in_are_refused_until_the_next_primary_is_found(
    server, booking_request, set_read_only, end_sessions
):
    token = server.register()
    login = {"email": "alice@example.com", "password": PASSWORD}
    set_read_only("on")
    end_sessions()

    refused = [
        server.post(APPOINTMENTS, booking_request, **token),
        server.post("/api/v1/auth/login", login),
        server.get("/readyz"),
    ]
    read = server.get(APPOINTMENTS, **token)
    # The sessions of the server stay as they are: only new ones accept changes.
    set_read_only("off")
    booked = server.post(APPOINTMENTS, booking_request, **token)
    after = [server.post("/api/v1/auth/login", login), server.get("/readyz")]

    assert [get_codes(response) for response in refused] == [(503, ["read_only"])] * 3
    assert read[0] == 200
    assert get_codes(booked) == (503, ["read_only"])
    assert [status for status, _ in after] == [200, 200]
    assert server.post(APPOINTMENTS, booking_request, **token)[0] == 201
