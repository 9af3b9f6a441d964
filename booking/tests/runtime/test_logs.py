"""The content of log lines, and the personal data that they never contain."""

import json
import logging
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.db.models import Value
from django.test import Client
from django.urls import path
from gunicorn.config import Config
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny

from accounts.models import User
from accounts.tests.factories import UserFactory
from booking.api.parameters import reads_query
from booking.runtime.logs import JsonLine, redact
from booking.runtime.server_log import ServerLogger

TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoiMSJ9.c2lnbmF0dXJl"


@api_view(["GET", "POST"])
@permission_classes([AllowAny])
def broken(request):
    raise RuntimeError(f"alice@example.com sent {request.data} with {TOKEN}")


reads_query(broken.cls)
urlpatterns = [path("broken", broken)]


@pytest.fixture
def lines(caplog, monkeypatch):
    """Return the lines that stage prod would have logged so far."""
    monkeypatch.setattr(caplog.handler, "formatter", JsonLine())
    return lambda: [json.loads(line) for line in caplog.text.splitlines()]


@pytest.fixture
def server_log(monkeypatch):
    """Log a request as the server does; return the line."""
    monkeypatch.setenv("APPLICATION_STAGE", "prod")
    monkeypatch.setattr(logging, "raiseExceptions", True)
    for name in ("gunicorn.access", "gunicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
    config = Config()
    config.set("accesslog", "-")
    logger = ServerLogger(config)
    output = StringIO()
    logger.access_log.handlers[0].setStream(output)

    def access(path, query="", headers=()):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
        response = SimpleNamespace(status_code=200, headers=list(headers))
        logger.access(response, None, environ, timedelta(milliseconds=12.5))
        return output.getvalue()

    yield access
    logging.captureWarnings(False)


def test_a_request_is_logged_in_one_line(server_log):
    line = json.loads(
        server_log("/api/v1/therapists", headers=[("X-Request-ID", "abc")])
    )

    assert line.pop("timestamp").startswith("2029-12-01T08:00:0")
    assert line == {
        "level": "INFO",
        "logger": "gunicorn.access",
        "message": "GET /api/v1/therapists 200 in 12 ms",
        "request_id": "abc",
        "method": "GET",
        "path": "/api/v1/therapists",
        "status": 200,
        "duration_ms": 12.5,
    }


def test_a_request_is_logged_without_its_query(server_log):
    text = server_log("/api/v1/therapists", "search=Jung&email=alice@example.com")

    assert "search" not in text
    assert "Jung" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/therapists/alice@example.com",
        "/api/v1/therapists/alice%40example.com",
        "/api/v1/therapists/alice@example.com\n",
        "/api/v1/therapists/ålice@example.com".encode().decode("latin-1"),
        "/api/v1/therapists/\xfflice@example.com",
    ],
)
def test_an_address_in_a_path_is_not_logged(server_log, path):
    text = server_log(path)

    assert "lice" not in text
    assert json.loads(text)["path"].strip() == "/api/v1/therapists/[address]"


@pytest.mark.parametrize(
    "text",
    [
        "alice@example.com",
        "'alice@example.com'",
        "<alice@example.com>",
        "mailto:alice@example.com,",
        "alice+diary@mail.example.com.",
        "al'ice@example.com",
        '"alice l"@example.com',
        "alice@[10.0.0.1]",
        "alice@localhost",
        "ålice@exämple.com",
        "\\xe5lice@example.com",
        "postgres://alice:alice@db/booking",
        "email=alice%40example.com&name=x",
        '{"email": "alice\\u0040example.com"}',
        "GET /register?email=x&name=alice HTTP/1.1",
        "Authorization: Bearer alice.alice-alice",
        'DETAIL:  Failing row contains (7, alice, "a\nlice").',
        "DETAIL:  Key (email)=(alice@example.com) already exists.\nCONTEXT:  none",
    ],
)
def test_personal_data_is_removed(text):
    assert "alice" not in redact(text).replace("postgres://alice:", "")
    assert "a\nlice" not in redact(text)


def test_whole_and_truncated_tokens_are_removed():
    text = redact(f"whole {TOKEN}, cut {TOKEN[:20]}, {{'refresh': '{TOKEN}'}}")

    assert text == "whole [token], cut [token], {'refresh': '[token]'}"


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/appointments/7 200 in 12 ms",
        '  File "/app/booking/runtime/logs.py", line 7, in decorated\n    @wraps(view)\n',
        "Is it there? Yes = no",
    ],
)
def test_a_text_without_personal_data_is_unchanged(text):
    assert redact(text) == text


def test_a_long_text_is_redacted_in_linear_time():
    # In quadratic time this would take minutes.
    assert len(redact("a" * 1_000_000)) == 1_000_000
    assert len(redact('"' * 100_000)) == 100_000


@pytest.mark.urls("booking.tests.runtime.test_logs")
def test_an_unexpected_error_is_logged_without_personal_data(api, lines):
    sent = {"email": "bob@example.com", "refresh": TOKEN}

    client = api()
    client.raise_request_exception = False

    response = client.post(
        "/broken?who=carol@example.com", sent, headers={"X-Request-ID": "trace-7"}
    )

    assert response.status_code == 500
    (line,) = [line for line in lines() if line["level"] == "ERROR"]
    assert line["request_id"] == "trace-7"
    assert len(line["server_request_id"]) == 32
    assert "Traceback" in line["exception"]
    assert "test_logs.py" in line["exception"]
    text = json.dumps(line)
    for secret in ("alice", "bob", "carol", "who=", TOKEN, TOKEN[:30]):
        assert secret not in text


@pytest.mark.django_db
def test_rows_quoted_by_the_database_are_not_logged(lines):
    alice = UserFactory(name="Alice Liddell")

    with pytest.raises(IntegrityError, match="Alice Liddell") as refused:
        # A value that the field does not normalize.
        User.objects.filter(pk=alice.pk).update(email=Value("ALICE@EXAMPLE.COM"))
    logging.getLogger("booking").error("Not saved", exc_info=refused.value)

    (line,) = lines()
    assert "IntegrityError" in line["exception"]
    assert "Alice" not in line["exception"]
    assert "ALICE" not in line["exception"]


def test_a_line_has_only_known_fields(lines):
    logging.getLogger("booking").warning(
        "Seen", extra={"body": "secret", "request": "GET /?q=secret"}
    )

    (line,) = lines()
    ids = {"request_id", "server_request_id"}
    assert line.keys() <= {"timestamp", "level", "logger", "message"} | ids


def test_a_line_can_contain_invalid_unicode(lines, caplog):
    record = logging.makeLogRecord({"msg": "Half a pair: \ud83d, and \x00"})

    # Not through a logger: a worker of pytest could not report what was logged.
    caplog.handler.handle(record)

    (line,) = lines()
    assert line["message"] == "Half a pair: \ud83d, and \x00"


@pytest.mark.parametrize("given", ["trace-7", "a" * 64, "Root=1-67891233:abcdef/0+="])
def test_the_clients_request_id_is_used(given):
    response = Client(headers={"X-Request-ID": given}).get("/livez")

    assert response["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [None, "", "a" * 65, "two words", "a\nb", "alice@example.com", '"}', "é"],
)
def test_any_other_request_id_is_replaced(given):
    headers = {} if given is None else {"X-Request-ID": given}

    response = Client(headers=headers).get("/livez")

    assert len(response["X-Request-ID"]) == 32
    assert response["X-Request-ID"].isalnum()
