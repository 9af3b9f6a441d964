"""What is asked of the servers, and how much of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

import psycopg
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import User
from benchmarks import load
from benchmarks.dataset.fill import FIRST_CLIENT, THERAPISTS
from benchmarks.effort import CLIENTS, RACERS

ROUTE = "/api/v1/appointments"
MOST_ADDS = 3_900  # hours from AREA to the horizon
SHOWN = 2_000  # characters of an answer that is not as it should be
# Beyond the filled year: what the cases add is found, and removed, by its start.
AREA = datetime.combine(datetime.now(UTC).date(), time(), UTC) + timedelta(days=200)

# What the history has of each change, but for the request's own id.
KEPT = """
SELECT pgh_label, status, client_id, start, pgh_context - 'request_id',
       pgh_context ? 'request_id'
  FROM appointments_appointmentevent ORDER BY pgh_id
"""


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


@dataclass
class Trial:
    """Requests that both servers have to answer, and do, alike."""

    name: str
    ready: Callable[[psycopg.Connection], None]
    requests: list[bytes]


def bind(connection: psycopg.Connection, mode: str, horizon_days: int = 365) -> None:
    """Let clients book at any time, or slots only; so many days ahead."""
    connection.execute(
        "UPDATE therapists_therapist SET booking_mode = %s, horizon_days = %s",
        [mode, horizon_days],
    )
    connection.execute("VACUUM (FULL, ANALYZE) therapists_therapist")


def clean(connection: psycopg.Connection) -> None:
    """Remove what was added, and leave no work for later that one case would pay."""
    remove(connection)
    settle(connection)


def remove(connection: psycopg.Connection) -> None:
    connection.execute("DELETE FROM appointments_appointment WHERE start >= %s", [AREA])
    connection.execute("DELETE FROM appointments_series")


def settle(connection: psycopg.Connection) -> None:
    """Forget the history so far, and leave the tables as if they had long been so."""
    connection.execute(
        "TRUNCATE appointments_appointmentevent, appointments_seriesevent, "
        "booking_idempotentresponse"
    )
    connection.execute("VACUUM (ANALYZE) appointments_appointment, appointments_series")
    connection.execute("CHECKPOINT")


def trials(requests: Requests) -> list[Trial]:
    return [
        Trial("list", clean, [requests.listing(1)[0][0]]),
        Trial("add, and add again", clean, [requests.adding(1)[0][0]] * 2),
    ]


def differences(servers, trials: list[Trial], connection) -> list[str]:
    """Ask both servers the same; name what is not answered by the same bytes.

    What the triggers kept has to be the same too.
    """
    different = []
    for trial in trials:
        answers = []
        for server in servers:
            trial.ready(connection)
            asked = [_comparable(server, request) for request in trial.requests]
            answers.append([*asked, connection.execute(KEPT).fetchall()])
        if answers[0] != answers[1]:
            ours, floor = (str(answer)[:SHOWN] for answer in answers)
            different.append(f"{trial.name}: {ours} and {floor}")
    return different


def _comparable(server, request):
    """An answer as it came; only what the change made new is taken out."""
    status, body = load.ask(server.address, request)
    if status in (200, 201) and b'"results"' not in body:
        shown = json.loads(body)
        new = ["updated_at", "cancelled_at"]
        new += ["id", "created_at"] if status == 201 else []
        for key in new:
            value = json.dumps({key: shown[key]}, separators=(",", ":"))[1:-1].encode()
            body = body.replace(value, f'"{key}":*'.encode(), 1)
    return status, body


def _add(token, therapist, hour):
    return adding(token, therapist, AREA + timedelta(hours=hour))


def adding(token, therapist, start, key=""):
    wish = {
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "duration": 60,
        "type": "one-off",
        "therapist_id": therapist,
    }
    return request("POST", ROUTE, token, json.dumps(wish).encode(), key)


def request(method, path, token="", body=b"", key=""):
    caller = f"Authorization: Bearer {token}\r\n" if token else ""
    again = f"Idempotency-Key: {key}\r\n" if key else ""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: booking.example\r\n{caller}{again}"
        "Content-Type: application/json\r\nAccept: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
