"""Nothing waits for ever: what takes too long ends, and nothing was done."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import psycopg
import pytest
from django.db import connection, transaction
from psycopg.pq import PGconn

from appointments.models import Appointment
from booking.settings import base
from booking.tests.runtime.servers import (
    is_blocking_a_request,
    run_server,
    wait_until,
)
from therapists.models import Therapist

APPOINTMENTS = "/api/v1/appointments"
BUSY = ["busy"]


@pytest.fixture
def hasty_server(transactional_db):
    limits = ("LOCK_TIMEOUT", "STATEMENT_TIMEOUT", "IDLE_IN_TRANSACTION")
    with run_server(**{f"{limit}_SECONDS": "1" for limit in limits}) as server:
        yield server


@contextmanager
def locked_therapists():
    with transaction.atomic():
        list(Therapist.objects.select_for_update(no_key=True))
        yield


def get_codes(body):
    return [error["code"] for error in body["errors"]]


def test_a_request_that_waits_for_a_lock_is_told_that_nothing_was_done(
    hasty_server, booking_request
):
    token = hasty_server.register()

    with locked_therapists():
        refused = hasty_server.post(APPOINTMENTS, booking_request, **token)
    repeated = hasty_server.post(APPOINTMENTS, booking_request, **token)

    assert (refused[0], get_codes(refused[1])) == (503, BUSY)
    assert repeated[0] == 201
    assert Appointment.objects.count() == 1


def test_a_statement_that_takes_too_long_is_undone(transactional_db, booking_request):
    settings = {"LOCK_TIMEOUT_SECONDS": "0", "STATEMENT_TIMEOUT_SECONDS": "1"}
    with run_server(**settings) as server, locked_therapists():
        status, body = server.post(APPOINTMENTS, booking_request, **server.register())

    assert (status, get_codes(body)) == (503, BUSY)
    assert not Appointment.objects.exists()


def test_a_frozen_process_keeps_no_lock(hasty_server, booking_request):
    headers = hasty_server.register() | {"Idempotency-Key": "one"}
    [worker] = psutil.Process(hasty_server.process.pid).children()

    with ThreadPoolExecutor(1) as pool:
        with locked_therapists():
            first = pool.submit(
                hasty_server.post, APPOINTMENTS, booking_request, **headers
            )
            wait_until(is_blocking_a_request)
            worker.send_signal(signal.SIGSTOP)
        # Its transaction has the lock now, and nobody goes on with it.
        wait_until(has_no_transaction)
        worker.send_signal(signal.SIGCONT)
        status, body = first.result()
    repeated = hasty_server.post(APPOINTMENTS, booking_request, **headers)

    # The process only sees that the connection is closed, not why.
    assert (status, get_codes(body)) == (503, ["database_unavailable"])
    assert repeated[0] == 201
    assert Appointment.objects.count() == 1


def has_no_transaction():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone() == (0,)


def test_a_server_that_vanished_is_noticed_by_the_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        options = {
            name: value
            for name, value in base.DATABASE_OPTIONS.items()
            if name.startswith(("tcp", "keepalives"))
        }
        info = psycopg.conninfo.make_conninfo("", host=host, port=port, **options)
        attempt = PGconn.connect_start(info.encode())
        with socket.socket(fileno=attempt.socket) as used:
            tcp = [
                used.getsockopt(socket.IPPROTO_TCP, option)
                for option in (socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE)
            ]
            used.detach()

    assert tcp == [3000, 1]
