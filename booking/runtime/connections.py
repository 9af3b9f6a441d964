"""Connections between their acceptance and a free thread, and after their response."""

import logging
import re
import socket
import time

from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader

# How long a client may take to send a request, once a thread reads it.
READ_SECONDS = 10

# A client may still send so much after its response, for so long. Then it is cut off.
LINGER_BYTES, LINGER_SECONDS = 16 * 1024 * 1024, 10
READ_BYTES = 64 * 1024

HEAD_BYTES = 4096
# A whole head without a body: reading it makes no thread wait for the client.
HEALTH_CHECK = re.compile(
    rb"(?:GET|HEAD) /livez/?(?:\?\S*)? HTTP/1\.[01]\r\n"
    rb"(?:(?!content-length|transfer-encoding|expect)[^\r\n]+\r\n)*\r\n",
    re.IGNORECASE,
)

log = logging.getLogger(__name__)


class WaitingLine:
    """Connections that wait for a thread, shared by all processes of a server.

    Their sockets wait in a socket of their own, which the processes inherit. A process
    with a free thread takes the next, whichever process had accepted it.
    """

    def __init__(self):
        self.exit, self._entry = socket.socketpair()
        self.exit.setblocking(False)
        self._entry.setblocking(False)

    def add(self, connection: socket.socket) -> bool:
        """Let a connection wait; return False if too many do."""
        try:
            socket.send_fds(self._entry, [b"."], [connection.fileno()])
        except OSError:
            return False
        return True

    def take(self) -> socket.socket | None:
        """Return the next connection; None if there is none, or if it is lost."""
        try:
            _, descriptors, _, _ = socket.recv_fds(self.exit, 1, 1)
        except BlockingIOError:
            return None
        if not descriptors:
            log.error(
                "A connection is lost: this process may open no more descriptors."
            )
            return None
        return socket.socket(fileno=descriptors[0])


class Stalled(NoMoreData, TimeoutError):
    """The client did not send its request in time."""


class TimedUnreader(SocketUnreader):
    """Reads a connection until a deadline, so that no client occupies a thread."""

    deadline = 0.0

    def chunk(self, size_hint=None):
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise Stalled
        self.sock.settimeout(remaining)
        try:
            return super().chunk(size_hint)
        except TimeoutError as error:
            raise Stalled from error
        finally:
            self.sock.settimeout(None)


class Lingering:
    """A connection that has its response, and whose client may still be sending.

    If it were closed at once, the kernel would reset it, and the client could not read
    the response (RFC 9112, section 9.6).
    """

    def __init__(self, connection: socket.socket):
        connection.setblocking(False)
        connection.shutdown(socket.SHUT_WR)
        self.connection = connection
        self.deadline = time.monotonic() + LINGER_SECONDS
        self._remaining = LINGER_BYTES

    def discard(self) -> bool:
        """Discard what has arrived; return whether more may follow."""
        try:
            discarded = len(self.connection.recv(READ_BYTES))
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._remaining -= discarded
        return discarded > 0 and self._remaining > 0


def peek(connection: socket.socket) -> bytes | None:
    """Return the start of what has arrived without taking it; None if nothing has.

    An empty start means that the client has closed the connection.
    """
    try:
        return connection.recv(HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""
