"""One POST to an address that was checked, and to no other that its name may have."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from threading import Timer

from notifications.webhooks.addresses import check_url, resolve

SECONDS = 10
MOST_ADDRESSES = 3


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Return the status of the response. Redirects are not followed.

    Nothing is read beyond the headers, of which `http.client` takes a hundred at most.
    Raises `ForbiddenAddress` or `ValueError` for an address that is not allowed, and
    `OSError` or `HTTPException` if there is no response in time.
    """
    parts = check_url(url)
    addresses, port = resolve(parts)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with (
        _connect(addresses, port) as plain,
        _limit(plain),
        _wrap(plain, parts) as sock,
    ):
        connection = HTTPConnection(parts.hostname, port)
        connection.sock = sock
        headers = {"Host": parts.netloc, **headers, "Connection": "close"}
        connection.request("POST", target, body=body, headers=headers)
        with connection.getresponse() as response:
            return response.status


def _wrap(plain, parts):
    """Return the socket, by TLS with the certificate of the name if it is https."""
    if parts.scheme == "http":
        return plain
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=parts.hostname)


def _connect(addresses: list[str], port: int) -> socket.socket:
    """Connect to the first address that takes it."""
    addresses = addresses[:MOST_ADDRESSES]
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), SECONDS / len(addresses))
    return socket.create_connection((addresses[-1], port), SECONDS / len(addresses))


@contextmanager
def _limit(connected: socket.socket) -> Iterator[None]:
    """End the connection after `SECONDS`, even while bytes trickle in one by one."""
    connected.settimeout(SECONDS)
    with connected.dup() as twin:
        timer = Timer(SECONDS, _shut, [twin])
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _shut(twin):
    # The other end may have been faster.
    with suppress(OSError):
        twin.shutdown(socket.SHUT_RDWR)
