"""Processes that serve the API with the database of the tests, and requests to them."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import User
from booking import env
from booking.runtime import embedded

Address = tuple[str, int]
THREADS = 8
_numbers = count(1)


@dataclass
class Request:
    """A request of a signed-in user; its id is that of its changes in the history."""

    user: User
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    method: str = "POST"
    if_match: str | None = None
    key: str | None = None

    def __post_init__(self):
        self.id = f"race-{next(_numbers)}"
        self.token = AccessToken.for_user(self.user)

    def headers(self) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "X-Request-ID": self.id,
            "If-Match": self.if_match,
            "Idempotency-Key": self.key,
        }
        return {name: value for name, value in headers.items() if value is not None}


@dataclass
class Response:
    request: Request
    status: int
    body: Any
    etag: str | None
    is_replayed: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def codes(self) -> list[str]:
        """The codes of a refusal; of a success, none."""
        if self.is_success:
            return []
        return sorted(error["code"] for error in self.body["errors"])


@contextmanager
def serving(log) -> Iterator[Address]:
    """Run one process of gunicorn, as production does; yield its address.

    The socket is open before the process starts, so requests can be sent at once.
    """
    url = urlsplit(env.database_url() or embedded.start())
    environment = {
        "APPLICATION_STAGE": "prod",
        "DJANGO_SETTINGS_MODULE": "booking.settings.prod",
        "DATABASE_URL": url._replace(path=connection.settings_dict["NAME"]).geturl(),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS_ONLY": "no",
        "REQUIRE_VERIFIED_EMAIL": "no",
        "CHANGE_THROTTLE": "1000000/min",
        # Many wait for one lock, which a busy machine may not grant in time.
        "LOCK_TIMEOUT_SECONDS": "0",
        "STATEMENT_TIMEOUT_SECONDS": "0",
        "IDLE_IN_TRANSACTION_SECONDS": "0",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": str(THREADS),
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"],
            env=os.environ | environment,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
        )
        try:
            yield listener.getsockname()
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def send_at_once(
    addresses: list[Address],
    requests: list[Request],
    meanwhile: Callable[[], object] = lambda: None,
) -> list[Response]:
    """Send each request on its own connection, then read all responses.

    The addresses take turns. All requests are sent before any response is read, as
    threads behind a barrier would do, but without the interpreter's lock.
    """
    with ExitStack() as stack:
        connections = []
        for number, _ in enumerate(requests):
            client = HTTPConnection(*addresses[number % len(addresses)], timeout=30)
            stack.callback(client.close)
            client.connect()
            connections.append(client)
        for client, request in zip(connections, requests, strict=True):
            body = json.dumps(request.body).encode()
            client.request(request.method, request.path, body, request.headers())
        meanwhile()
        return [
            _read_response(request, client.getresponse())
            for client, request in zip(connections, requests, strict=True)
        ]


def _read_response(request, response):
    text = response.read()
    return Response(
        request,
        response.status,
        json.loads(text) if text else None,
        response.getheader("ETag"),
        response.getheader("Idempotent-Replayed") == "true",
    )
