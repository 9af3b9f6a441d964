"""Bodies on the wire: in chunks, too long, or still on their way."""

import json
import socket
from http.client import HTTPConnection

import pytest
import requests

from accounts.models import User
from appointments.models import Appointment
from appointments.tests.factories import SeriesFactory

LOGIN = "/api/v1/auth/login"
JSON = {"Content-Type": "application/json"}
MEGABYTE = b" " * 1024 * 1024


def send_in_chunks(server, path, chunks, **headers):
    client = HTTPConnection(server.address, timeout=20)
    headers |= JSON | {"Transfer-Encoding": "chunked"}
    client.request("POST", path, iter(chunks), headers, encode_chunked=True)
    response = client.getresponse()
    status, body = response.status, json.load(response)
    client.close()
    return status, body


def send_with_requests(address):
    url = f"http://{address}{LOGIN}"
    response = requests.post(url, data=MEGABYTE * 8, headers=JSON, timeout=20)
    return response.status_code, response.json()


def send_whole_body_first(address):
    client = HTTPConnection(address, timeout=20)
    client.request("POST", LOGIN, MEGABYTE * 8, JSON)
    response = client.getresponse()
    status, body = response.status, json.load(response)
    client.close()
    return status, body


def test_a_series_is_cancelled_from_the_date_that_a_chunked_body_names(server):
    token = server.register()
    series = SeriesFactory(client=User.objects.get())
    first, second = Appointment.objects.filter(series=series)
    body = json.dumps({"from": second.start.isoformat()}).encode()

    status, _ = send_in_chunks(
        server, f"/api/v1/series/{series.pk}/cancel", [body[:7], body[7:]], **token
    )

    assert status == 200
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("booked", "cancelled")


@pytest.mark.parametrize("chunks", [[b"{"], [b"{} ", b"x"]])
def test_a_chunked_body_that_is_no_json_is_refused(server, chunks):
    status, body = send_in_chunks(server, LOGIN, chunks)

    assert (status, body["errors"][0]["code"]) == (400, "parse_error")


@pytest.mark.parametrize("body", ["ZZ\r\n", "2\r\n{}ZZ", "-2\r\n{}\r\n0\r\n\r\n"])
def test_malformed_chunks_are_refused(server, body):
    client = HTTPConnection(server.address, timeout=20)
    client.request("POST", LOGIN, body, JSON | {"Transfer-Encoding": "chunked"})
    response = client.getresponse()
    refusal = json.load(response)
    client.close()

    assert response.status == 400
    assert refusal["errors"][0]["code"] == "parse_error"


@pytest.mark.parametrize("path", [LOGIN, "/admin/login/", "/nowhere"])
def test_a_chunked_body_over_the_limit_is_refused(server, path):
    status, body = send_in_chunks(server, path, [MEGABYTE] * 3)

    assert (status, body["errors"][0]["code"]) == (413, "too_large")


@pytest.mark.parametrize("send", [send_with_requests, send_whole_body_first])
def test_a_client_that_is_still_sending_reads_why_it_is_refused(server, send):
    status, body = send(server.address)

    assert (status, body["errors"][0]["code"]) == (413, "too_large")


def test_a_client_that_never_stops_sending_is_cut_off(server):
    host, port = server.address.split(":")
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 999999999\r\n\r\n"

    with socket.create_connection((host, port)) as client:
        client.sendall(head.encode())
        with pytest.raises(ConnectionError):
            client.sendall(MEGABYTE * 100)


def test_a_refused_body_holds_no_thread(server):
    host, port = server.address.split(":")
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 999999\r\n\r\n"
    stalled = [socket.create_connection((host, port)) for _ in range(8)]
    for client in stalled:
        client.sendall(head.encode())
        assert client.recv(12) == b"HTTP/1.1 413"

    responses = [server.get("/api/v1/therapists")[0] for _ in range(8)]

    for client in stalled:
        client.close()
    assert responses == [200] * 8


@pytest.mark.parametrize(
    "sent",
    [
        "GET /nowhere HTTP/1.1\r\n",
        f"POST {LOGIN} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{{",
    ],
    ids=["head", "body"],
)
def test_a_client_that_stops_sending_gives_its_thread_back(server, sent):
    host, port = server.address.split(":")
    stalled = [socket.create_connection((host, port)) for _ in range(4)]
    for client in stalled:
        client.sendall(sent.encode())

    # Its client waits longer than these threads do.
    assert server.get("/api/v1/therapists")[0] == 200

    for client in stalled:
        client.close()
