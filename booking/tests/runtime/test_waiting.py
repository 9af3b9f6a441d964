"""Connections wait for a place in any number, in the line or in their process."""

import json
import select
import signal
import socket
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPResponse

import psycopg
import pytest

from appointments.tests.factories import FIRST_SESSION
from booking.tests.databases import connect_parameters
from booking.tests.runtime.servers import (
    count_blocked_requests,
    run_server,
    wait_until,
)
from therapists.tests.factories import TherapistFactory

# The line has room for 278.
MANY = 400
# Answered without the database.
GET = b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def therapists(transactional_db):
    return TherapistFactory.create_batch(2)


@pytest.fixture
def connect():
    """Open connections to a server, each with a first request."""
    with ExitStack() as stack:

        def open_connections(server, number, request):
            host, port = server.address.split(":")
            connections = [
                stack.enter_context(socket.create_connection((host, port), timeout=20))
                for _ in range(number)
            ]
            for one in connections:
                one.sendall(request)
            return connections

        yield open_connections


@contextmanager
def locked(therapist):
    with closing(psycopg.connect(**connect_parameters())) as other:
        other.execute(
            "SELECT FROM therapists_therapist WHERE id = %s FOR UPDATE", [therapist.pk]
        )
        yield other


def write_booking(therapist, token):
    body = json.dumps(
        {
            "start": FIRST_SESSION.isoformat(),
            "duration": 60,
            "type": "one-off",
            "therapist_id": therapist.pk,
        }
    )
    return (
        "POST /api/v1/appointments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: {token['Authorization']}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def read_status(connection):
    response = HTTPResponse(connection)
    response.begin()
    response.read()
    return response.status


def are_answered(connections):
    return bool(select.select(connections, [], [], 1)[0])


def test_every_connection_waits_when_the_line_is_full(therapists, connect):
    with run_server(WEB_THREADS="1") as server:
        request = write_booking(therapists[0], server.register())
        with locked(therapists[0]):
            [blocked] = connect(server, 1, request)
            wait_until(lambda: count_blocked_requests() == 1)
            waiting = connect(server, MANY, GET)

            assert server.get("/livez")[0] == 200
            assert not are_answered(waiting)

        assert read_status(blocked) == 201
        assert {read_status(one) for one in waiting} == {404}


def test_no_connection_waits_for_its_process_while_another_is_idle(therapists, connect):
    with (
        run_server(WEB_CONCURRENCY="2", WEB_THREADS="1") as server,
        ExitStack() as held,
    ):
        token = server.register()
        locks = [held.enter_context(locked(one)) for one in therapists]
        blocked = [
            *connect(server, 1, write_booking(therapists[0], token)),
            *connect(server, 1, write_booking(therapists[1], token)),
        ]
        wait_until(lambda: count_blocked_requests() == 2)
        waiting = connect(server, MANY, GET)
        assert server.get("/livez")[0] == 200

        locks[0].rollback()

        assert {read_status(one) for one in waiting} == {404}
        assert count_blocked_requests() == 1
        assert read_status(blocked[0]) == 201


def test_a_stopping_server_answers_every_connection_that_waits(therapists, connect):
    with run_server(WEB_THREADS="1") as server:
        request = write_booking(therapists[0], server.register())
        with locked(therapists[0]):
            [blocked] = connect(server, 1, request)
            wait_until(lambda: count_blocked_requests() == 1)
            waiting = connect(server, MANY, GET)
            assert server.get("/livez")[0] == 200
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not server.accepts())

        assert read_status(blocked) == 201
        assert {read_status(one) for one in waiting} == {404}
        assert server.process.wait(timeout=20) == 0


def test_a_request_sent_with_the_one_before_waits_for_a_place(therapists, connect):
    with run_server(WEB_THREADS="1") as server, ExitStack() as held:
        token = server.register()
        locks = [held.enter_context(locked(one)) for one in therapists]
        [first] = connect(server, 1, write_booking(therapists[0], token))
        wait_until(lambda: count_blocked_requests() == 1)
        [pair] = connect(server, 1, GET * 2)
        [second] = connect(server, 1, write_booking(therapists[1], token))
        # A later connection is answered, so these two wait in this order.
        assert server.get("/livez")[0] == 200

        locks[0].rollback()

        assert read_status(first) == 201
        assert read_status(pair) == 404
        wait_until(lambda: count_blocked_requests() == 1)
        assert not are_answered([pair])
        locks[1].rollback()
        assert read_status(pair) == 404
        assert read_status(second) == 409
