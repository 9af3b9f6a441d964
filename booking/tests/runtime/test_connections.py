"""Requests wait for the first free thread, and `/livez` waits for none."""

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from booking.runtime.connections import HEALTH_CHECK, WaitingLine
from booking.tests.runtime.servers import (
    at_most_descriptors,
    count_blocked_requests,
    run_server,
    wait_until,
)
from therapists.models import Therapist

APPOINTMENTS, DIRECTORY = "/api/v1/appointments", "/api/v1/therapists"
ALIVE = (200, {"status": "ok"})


@pytest.fixture
def two_processes(transactional_db):
    """A server with two processes of one thread."""
    with run_server(WEB_CONCURRENCY="2", WEB_THREADS="1") as server:
        yield server


@pytest.fixture
def clients():
    with ThreadPoolExecutor(20) as pool:
        yield pool


@pytest.fixture
def block(two_processes, booking_request, clients):
    """Let a number of requests wait for a lock, each in a thread."""
    token = two_processes.register()

    def send(number):
        list(Therapist.objects.select_for_update(no_key=True))
        requests = [
            clients.submit(two_processes.post, APPOINTMENTS, booking_request, **token)
            for _ in range(number)
        ]
        wait_until(lambda: count_blocked_requests() == number)
        return requests

    return send


def test_no_request_waits_while_another_process_is_idle(two_processes, block):
    with transaction.atomic():
        blocked = block(1)
        responses = [two_processes.get(DIRECTORY) for _ in range(20)]
        assert count_blocked_requests() == 1

    assert {status for status, _ in responses} == {200}
    assert blocked[0].result()[0] == 201


def test_livez_answers_while_every_thread_waits(two_processes, block, clients):
    with transaction.atomic():
        blocked = block(2)
        waiting = [clients.submit(two_processes.get, DIRECTORY) for _ in range(10)]
        health = [two_processes.get("/livez") for _ in range(20)]
        assert not any(request.done() for request in waiting + blocked)

    assert health == [ALIVE] * 20
    assert {request.result()[0] for request in waiting} == {200}
    assert sorted(request.result()[0] for request in blocked) == [201, 409]


def test_a_stopping_server_answers_what_waits_for_a_thread(
    two_processes, block, clients
):
    with transaction.atomic():
        blocked = block(2)
        waiting = [clients.submit(two_processes.get, DIRECTORY) for _ in range(5)]
        # A later connection is answered, so these have all been accepted.
        assert two_processes.get("/livez") == ALIVE
        two_processes.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not two_processes.accepts())

    assert {request.result()[0] for request in waiting} == {200}
    assert sorted(request.result()[0] for request in blocked) == [201, 409]
    assert two_processes.process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /livez",
        b"GET /livez HTTP/1.1\r\nHost: x\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_a_client_that_stops_sending_does_not_delay_livez(server, sent):
    host, port = server.address.split(":")

    with socket.create_connection((host, port)) as stalled:
        stalled.sendall(sent)
        health = [server.get("/livez") for _ in range(3)]

    assert health == [ALIVE] * 3


@pytest.mark.parametrize(
    ("head", "is_check"),
    [
        (b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"HEAD /livez/?x=1 HTTP/1.0\r\n\r\n", True),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET /livez HTTP/1.1\r\ncontent-LENGTH: 1\r\n\r\n", False),
        (b"POST /livez HTTP/1.1\r\n\r\n", False),
        (b"GET /livezz HTTP/1.1\r\n\r\n", False),
        (b"GET /x HTTP/1.1\r\nX: GET /livez HTTP/1.1\r\n\r\n", False),
    ],
)
def test_only_a_whole_head_without_a_body_is_a_health_check(head, is_check):
    assert bool(HEALTH_CHECK.match(head)) is is_check


def test_a_process_without_descriptors_loses_a_connection_and_goes_on(caplog):
    line = WaitingLine()
    with line.exit, line._entry:
        for _ in range(2):
            client, server = socket.socketpair()
            with client, server:
                line.add(server)

        with open(os.devnull) as first_free, at_most_descriptors(first_free.fileno()):
            lost = line.take()

        assert lost is None
        assert "no more descriptors" in caplog.text
        line.take().close()
        assert line.take() is None
