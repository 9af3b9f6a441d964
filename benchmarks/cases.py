"""What is asked of the servers, and how much of it."""

import json
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

import psycopg
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import User
from benchmarks import load
from benchmarks.dataset import FIRST_CLIENT, THERAPISTS
from benchmarks.effort import CLIENTS, RACERS

ROUTE = "/api/v1/appointments"
MOST_ADDS = 3_900  # hours from AREA to the horizon
# Beyond the filled year: what the cases add is found, and removed, by its start.
AREA = datetime.combine(datetime.now(UTC).date(), time(), UTC) + timedelta(days=200)


class Requests:
    """The requests of every case, with the tokens of their clients."""

    def __init__(self):
        last = FIRST_CLIENT + CLIENTS + RACERS
        clients = User.objects.filter(pk__gte=FIRST_CLIENT, pk__lt=last).order_by("pk")
        self.tokens = [str(AccessToken.for_user(client)) for client in clients]

    def listing(self, seconds: float) -> list[list[bytes]]:
        """One week's open appointments of one type with two specialisms."""
        monday = AREA - timedelta(days=180)
        query = {
            "start": f"{monday:%Y-%m-%d}",
            "end": f"{monday + timedelta(days=6):%Y-%m-%d}",
            "specialisms": "Specialism 3,Specialism 8",
            "type": "one-off",
        }
        path = f"{ROUTE}?{urlencode(query)}"
        return [
            [request("GET", path, token)] * int(2_000 * seconds)
            for token in self.tokens[:CLIENTS]
        ]

    def adding(self, seconds: float) -> list[list[bytes]]:
        """A free slot each time: each client fills a therapist after the other."""
        each = THERAPISTS // CLIENTS
        return [
            [
                _add(token, 1 + client * each + hour % each, hour)
                for hour in range(min(MOST_ADDS, int(1_000 * seconds)))
            ]
            for client, token in enumerate(self.tokens[:CLIENTS])
        ]

    def racing(self, race: int) -> list[list[bytes]]:
        """The same slot for all."""
        return [[_add(token, 1 + race, race)] for token in self.tokens[CLIENTS:]]


def bind(connection: psycopg.Connection, mode: str) -> None:
    """Let clients book at any time, or slots only."""
    connection.execute("UPDATE therapists_therapist SET booking_mode = %s", [mode])
    connection.execute("VACUUM (FULL, ANALYZE) therapists_therapist")


def clean(connection: psycopg.Connection) -> None:
    """Remove what was added, and leave no work for later that one case would pay."""
    connection.execute("DELETE FROM appointments_appointment WHERE start >= %s", [AREA])
    connection.execute("TRUNCATE appointments_appointmentevent, accounts_storedanswer")
    connection.execute("VACUUM (ANALYZE) appointments_appointment")
    connection.execute("CHECKPOINT")


def differences(servers, requests: Requests, connection) -> list[str]:
    """Ask both servers the same; name what is not answered by the same bytes."""
    asked = {
        "list": [requests.listing(1)[0][0]],
        "add, and add again": [requests.adding(1)[0][0]] * 2,
    }
    different = []
    for case, several in asked.items():
        answers = []
        for server in servers:
            clean(connection)
            answers.append([_comparable(server, request) for request in several])
        if answers[0] != answers[1]:
            different.append(f"{case}: {answers[0]} and {answers[1]}")
    return different


def _comparable(server, request):
    """An answer as it came; only what is new in each added row is taken out."""
    status, body = load.ask(server.address, request)
    if status == 201:
        added = json.loads(body)
        for key in ("id", "created_at", "updated_at"):
            value = json.dumps(added[key]).encode()
            body = body.replace(value, b"*", 1)
            if key == "created_at" and added["updated_at"] == added[key]:
                body = body.replace(value, b"*", 1)
                break
    return status, body


def _add(token, therapist, hour):
    return adding(token, therapist, AREA + timedelta(hours=hour))


def adding(token, therapist, start):
    wish = {
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "duration": 60,
        "type": "one-off",
        "therapist_id": therapist,
    }
    return request("POST", ROUTE, token, json.dumps(wish).encode())


def request(method, path, token="", body=b""):
    caller = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: booking.example\r\n{caller}"
        "Content-Type: application/json\r\nAccept: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
