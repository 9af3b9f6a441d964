"""The server as production runs it, on the database of the tests."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from accounts.tests.factories import PASSWORD
from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION
from booking import env
from booking.runtime import embedded
from therapists.models import Therapist
from therapists.tests.factories import TherapistFactory


class Server:
    """gunicorn on a free port, with pipes for its logs."""

    def __init__(self, process):
        self.process = process
        self.address = self.read_log("Listening at").split("//")[1].split()[0]

    def read_log(self, start):
        """Wait for a log message with this start; return the message."""
        for line in self.process.stderr:
            message = json.loads(line)["message"]
            if message.startswith(start):
                return message
        raise AssertionError(f"The server ended before it logged: {start}")

    def post(self, path, body, **headers):
        client = HTTPConnection(self.address, timeout=20)
        headers |= {"Content-Type": "application/json"}
        client.request("POST", path, json.dumps(body), headers)
        response = client.getresponse()
        status, result = response.status, json.load(response)
        client.close()
        return status, result

    def accepts(self):
        client = HTTPConnection(self.address, timeout=20)
        with suppress(ConnectionRefusedError):
            client.connect()
            client.close()
            return True
        return False


@pytest.fixture
def server(transactional_db):
    url = urlsplit(env.database_url() or embedded.start())
    settings = {
        "APPLICATION_STAGE": "prod",
        "DJANGO_SETTINGS_MODULE": "booking.settings.prod",
        "DATABASE_URL": url._replace(path=connection.settings_dict["NAME"]).geturl(),
        "SECRET_KEY": "of a server that tests start, and which is long enough",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS_ONLY": "no",
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | settings, **pipes) as process:
        yield Server(process)
        process.kill()


def wait_until(condition):
    """Check repeatedly until the condition is true, for ten seconds at most."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            if condition():
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("The condition was not met within ten seconds.")


def is_blocking_a_request():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]


def register(server):
    person = {"email": "alice@example.com", "password": PASSWORD}
    status, body = server.post("/api/v1/auth/register", person)
    assert status == 201, body
    return {"Authorization": f"Bearer {body['access']}"}


def test_sigterm_lets_the_running_request_finish(server):
    therapist = TherapistFactory()
    request = {"start": FIRST_SESSION.isoformat(), "duration": 60, "type": "one-off"}
    request["therapist_id"] = therapist.pk
    token = register(server)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Therapist.objects.select_for_update(no_key=True).get(pk=therapist.pk)
            booking = pool.submit(server.post, "/api/v1/appointments", request, **token)
            wait_until(is_blocking_a_request)
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not server.accepts())
        status, body = booking.result()

    assert status == 201, body
    assert Appointment.objects.get().pk == body["id"]
    assert server.process.wait(timeout=20) == 0


def test_no_request_fails_after_a_restart_of_the_database(server):
    person = {"email": "alice@example.com", "password": "wrong"}

    def log_in(_):
        return server.post("/api/v1/auth/login", person)[0]

    with ThreadPoolExecutor(4) as pool:
        before = list(pool.map(log_in, range(4)))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            [ended] = cursor.fetchone()
        after = list(pool.map(log_in, range(4)))

    assert ended >= 1
    assert (before, after) == ([401] * 4, [401] * 4)


def test_each_request_is_logged_as_json_with_its_id(server):
    person = {"email": "alice@example.com", "password": "wrong"}
    server.post(
        "/api/v1/auth/login?email=alice@example.com", person, **{"X-Request-ID": "id-7"}
    )
    server.process.send_signal(signal.SIGTERM)

    stdout, stderr = server.process.communicate(timeout=20)

    (line,) = map(json.loads, stdout.splitlines())
    assert line["message"].startswith("POST /api/v1/auth/login 401 in ")
    assert line["request_id"] == "id-7"
    assert all(json.loads(line)["logger"] for line in stderr.splitlines())
    assert "alice" not in stdout + stderr
