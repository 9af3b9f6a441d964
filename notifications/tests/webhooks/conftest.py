import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from accounts.tests.factories import UserFactory

URL = "/api/v1/webhooks"


class Endpoint:
    """A server that takes webhooks. `status` is what it answers next."""

    def __init__(self):
        self.requests, self.status, self.headers = [], 204, {}
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length).decode()
                endpoint.requests.append((self.path, dict(self.headers), body))
                self.send_response(endpoint.status)
                for name, value in endpoint.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks?of=practice"

    @property
    def bodies(self):
        return [body for _, _, body in self.requests]


@contextmanager
def serve():
    endpoint = Endpoint()
    thread = threading.Thread(target=endpoint.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.server.shutdown()
        endpoint.server.server_close()
        thread.join()


@pytest.fixture
def endpoint(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with serve() as running:
        yield running


@pytest.fixture
def boss_user(db):
    return UserFactory(staff=True, group="Practice manager", email="boss@example.com")


@pytest.fixture
def add_webhook(api, boss_user, endpoint):
    """Add an endpoint for these events; return the response."""

    def post(*events, url=None):
        events = events or ("appointment.booked", "appointment.cancelled")
        body = {"url": url or endpoint.url, "events": events}
        return api(boss_user).post(URL, body)

    return post
