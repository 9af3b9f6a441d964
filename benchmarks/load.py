"""The clients: keep-alive connections, all in one thread of a process of their own."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

Address = tuple[str, int]


@dataclass
class Responses:
    statuses: list[int] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)  # seconds
    elapsed: float = 0.0

    def __iadd__(self, other: "Responses"):
        self.statuses += other.statuses
        self.latencies += other.latencies
        self.elapsed += other.elapsed
        return self


class Connection:
    """One client, which sends its next request once it has the last response."""

    def __init__(self, address: Address, requests: Iterator[bytes]):
        self.socket = socket.create_connection(address, timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests
        self.received = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self) -> bool:
        """Send the next request; return whether there was one."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> tuple[int, bytes] | None:
        """Read from the socket; return status and body once the response is whole."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("The server closed a connection.")
        self.received += part
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = head.lower().partition(b"content-length:")[2].partition(b"\r")[0]
        if len(body) < int(length):
            return None
        self.received = b""
        return int(head[9:12]), body


def send(address: Address, requests: list[list[bytes]], seconds: float) -> Responses:
    """Send each list over a connection of its own, for at most so many seconds."""
    responses = Responses()
    connections = [Connection(address, iter(each)) for each in requests]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        begin = time.perf_counter()
        busy = sum([connection.send() for connection in connections])
        while busy:
            for key, _ in selector.select(timeout=30):
                response = key.fileobj.receive()
                if response is None:
                    continue
                now = time.perf_counter()
                responses.statuses.append(response[0])
                responses.latencies.append(now - key.fileobj.sent_at)
                if now - begin > seconds or not key.fileobj.send():
                    busy -= 1
        responses.elapsed = time.perf_counter() - begin
    for connection in connections:
        connection.socket.close()
    return responses


def send_one(address: Address, request: bytes) -> tuple[int, bytes]:
    """Send one request; return status and body."""
    connection = Connection(address, iter([request]))
    connection.send()
    while (response := connection.receive()) is None:
        pass
    connection.socket.close()
    return response
