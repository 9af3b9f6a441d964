"""Requests as bytes, and the tokens of the clients who send them."""

import json
from datetime import datetime

from accounts.models import User
from accounts.sessions import start_session
from benchmarks.dataset import FIRST_CLIENT
from benchmarks.effort import CLIENTS, RACERS

APPOINTMENTS = "/api/v1/appointments"


def create_tokens() -> list[str]:
    """Return access tokens: of the clients of timed cases, then of those who race."""
    last = FIRST_CLIENT + CLIENTS + RACERS
    return [create_token(id) for id in range(FIRST_CLIENT, last)]


def create_token(user_id: int) -> str:
    return str(start_session(User.objects.get(pk=user_id)).access_token)


def get(path: str, token: str = "") -> bytes:
    return _request("GET", path, token)


def post(path: str, token: str, payload: dict, key: str = "") -> bytes:
    return _request("POST", path, token, json.dumps(payload).encode(), key)


def add(token: str, therapist: int, start: datetime, key: str = "") -> bytes:
    """Build the request for an appointment of an hour."""
    payload = {
        "start": format_moment(start),
        "duration": 60,
        "type": "one-off",
        "therapist_id": therapist,
    }
    return post(APPOINTMENTS, token, payload, key)


def format_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _request(method, path, token, body=b"", key=""):
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    idempotency_key = f"Idempotency-Key: {key}\r\n" if key else ""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: booking.example\r\n"
        f"{authorization}{idempotency_key}"
        "Content-Type: application/json\r\nAccept: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
