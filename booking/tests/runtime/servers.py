"""gunicorn as production runs it, on the database of the tests."""

import json
import os
import resource
import subprocess
import sys
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

from django.db import connection

from accounts.tests.factories import PASSWORD
from booking import env
from booking.runtime import embedded


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

    def get(self, path, **headers):
        return self._request("GET", path, None, headers)

    def post(self, path, body, **headers):
        headers |= {"Content-Type": "application/json"}
        return self._request("POST", path, json.dumps(body), headers)

    def accepts(self):
        client = HTTPConnection(self.address, timeout=20)
        with suppress(ConnectionRefusedError):
            client.connect()
            client.close()
            return True
        return False

    def register(self):
        """Register a client; return the header that signs them in."""
        person = {"email": "alice@example.com", "password": PASSWORD}
        status, body = self.post("/api/v1/auth/register", person)
        assert status == 201, body
        return {"Authorization": f"Bearer {body['access']}"}

    def _request(self, *request):
        client = HTTPConnection(self.address, timeout=20)
        client.request(*request)
        response = client.getresponse()
        status, result = response.status, json.load(response)
        client.close()
        return status, result


@contextmanager
def run_server(**settings):
    url = urlsplit(env.database_url() or embedded.start())
    environment = {
        "APPLICATION_STAGE": "prod",
        "REQUIRE_VERIFIED_EMAIL": "no",
        "DJANGO_SETTINGS_MODULE": "booking.settings.prod",
        "DATABASE_URL": url._replace(path=connection.settings_dict["NAME"]).geturl(),
        "SECRET_KEY": "of a server that tests start, and which is long enough",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS_ONLY": "no",
        # Longer than a busy machine needs; a test that is about them sets its own.
        "LOCK_TIMEOUT_SECONDS": "20",
        "STATEMENT_TIMEOUT_SECONDS": "20",
        "IDLE_IN_TRANSACTION_SECONDS": "20",
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"]
    # A server stops at a full pipe: the log of a test must fit.
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    pipes["pipesize"] = 1024 * 1024
    environment = os.environ | environment | settings
    with subprocess.Popen(command, env=environment, **pipes) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


@contextmanager
def at_most_descriptors(number):
    """Limit how many files this process, and those that it starts, may have open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def wait_until(condition):
    """Check repeatedly until the condition is true, for ten seconds at most."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            if condition():
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("The condition was not met within ten seconds.")


def is_blocking_a_request():
    """Say whether a request waits for a lock."""
    return count_blocked_requests() > 0


def count_blocked_requests():
    with connection.cursor() as cursor:
        # Within a transaction, PostgreSQL would show the same activity again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return cursor.fetchone()[0]
