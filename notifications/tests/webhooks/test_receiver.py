"""The receiver in the documentation takes what is sent, and refuses what is forged."""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from standardwebhooks import Webhook, WebhookVerificationError

from appointments.tests.factories import AppointmentFactory
from notifications.models import WebhookDelivery
from notifications.webhooks.posting import post

pytestmark = pytest.mark.django_db

DOCS = Path(settings.BASE_DIR) / "docs/webhooks.md"


@pytest.fixture
def receiver():
    """Run the class that the documentation has; return its names, and its address."""
    [code] = re.findall("```python\n(.+?)```", DOCS.read_text("utf-8"), re.DOTALL)
    received = []
    names = {
        "BaseHTTPRequestHandler": BaseHTTPRequestHandler,
        "Webhook": Webhook,
        "WebhookVerificationError": WebhookVerificationError,
        "remember": lambda *event: received.append(event),
    }
    exec(code, names)  # noqa: S102
    with HTTPServer(("127.0.0.1", 0), names["Receiver"]) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield names, received, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_receiver_of_the_documentation_works(add_webhook, receiver, work):
    names, received, url = receiver
    names["SECRET"] = add_webhook(url=url).json()["secret"]

    appointment = AppointmentFactory()
    work()

    [(kind, data)] = received
    assert kind == "appointment.booked"
    assert data["appointment_id"] == appointment.pk
    assert WebhookDelivery.objects.get().status == "sent"


def test_the_receiver_of_the_documentation_refuses_a_forgery(add_webhook, receiver):
    names, received, url = receiver
    names["SECRET"] = add_webhook(url=url).json()["secret"]
    headers = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,"}

    status = post(url, b"{}", headers)

    assert status == 400
    assert received == []
