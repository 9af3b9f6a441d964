"""gunicorn's worker, changed in how it serves and stops."""

import select
import selectors
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn, ThreadWorker

from booking.runtime.connections import (
    HEALTH_CHECK,
    READ_SECONDS,
    Lingering,
    TimedUnreader,
    WaitingLine,
    peek,
)
from booking.runtime.places import set_lender

# How many requests of a process may wait, without a place, to hash a password.
MOST_LENT = 64
# How long a thread waits for the rest of a body that nothing has read.
REST_SECONDS = 0.05


class Worker(ThreadWorker):
    """Gives each request to the first thread that is free, of any process.

    gunicorn's own worker accepts connections while all of its threads are busy, and they
    wait for these threads although another process is idle. It cannot say that it is
    alive either. This one answers `/livez` in a thread that does nothing else.
    """

    # Made before any worker is, so that all of them inherit it.
    line: WaitingLine

    def init_process(self):
        self.busy_threads = self.lent_places = 0
        set_lender(self.lend_place)
        self.is_watching_line = self.is_turn_of_line = False
        # Connections that wait for a thread of this process, because the line is full or
        # because a part of them is read. They count as its connections.
        self.parked = deque()
        self.lingering = deque()
        self.health_thread = ThreadPoolExecutor(1)
        super().init_process()

    def get_thread_pool(self):
        """Have more threads than places: those of requests that lent their place."""
        return ThreadPoolExecutor(self.cfg.threads + MOST_LENT)

    @contextmanager
    def lend_place(self):
        self.method_queue.defer(self._lend, 1)
        try:
            yield
        finally:
            self.method_queue.defer(self._lend, -1)

    def _lend(self, places):
        self.lent_places += places
        self.busy_threads -= places
        self._fill_place()

    def set_accept_enabled(self, enabled):
        """Close the sockets once the worker stops.

        gunicorn's own worker keeps them open until it ends. The kernel then accepts
        connections that are never served, and a proxy waits for them in vain.
        """
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        # They are closed already if the worker stopped just before it looked for room.
        for listener in (one for one in self.sockets if one.fileno() != -1):
            # Connections that are already waiting are still served.
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()

    def run(self):
        super().run()
        # The time to stop gracefully is over.
        while self.parked:
            self.parked.popleft().close()

    def wait_for_and_dispatch_events(self, timeout):
        while self.parked and self._find_place(self.parked[0]):
            self.parked.popleft()
        self._watch_line(self._has_free_thread())
        super().wait_for_and_dispatch_events(timeout)
        now = time.monotonic()
        while self.lingering and self.lingering[0].deadline < now:
            self._end_lingering(self.lingering[0])

    def enqueue_req(self, conn):
        """Find a thread for what a client sends, or wait until it sends something."""
        head = _get_read_ahead(conn) or peek(conn.sock)
        if head is None:
            self._wait_for_data(conn)
        elif not head:
            self.nr_conns -= 1
            conn.close()
        elif HEALTH_CHECK.match(head):
            conn.data_ready = True
            check = self.health_thread.submit(self._check_health, conn)
            check.add_done_callback(
                lambda check: self.method_queue.defer(self.finish_request, conn, check)
            )
        elif not self._find_place(conn):
            self.parked.append(conn)

    def _find_place(self, conn):
        """Give a thread what a client has sent, or let it wait for one of any process.

        Return whether it could: the line may be full, and what this process has read
        already no other can.
        """
        if self._has_free_thread():
            self._submit(conn)
        elif not _get_read_ahead(conn) and self.line.add(conn.sock):
            self.nr_conns -= 1
            conn.close()
        else:
            return False
        return True

    def handle(self, conn):
        """Serve a request, whose client has a limited time to send it."""
        if conn.parser is None:
            conn.parser = get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = TimedUnreader(conn.sock)
        conn.parser.unreader.deadline = time.monotonic() + READ_SECONDS
        return super().handle(conn)

    def finish_request(self, conn, future):
        failed = future.cancelled() or future.exception() is not None
        if not failed and future.result():
            super().finish_request(conn, future)
        else:
            self._linger(conn)

    def _has_free_thread(self):
        return self.busy_threads < self.cfg.threads and self.lent_places < MOST_LENT

    def _submit(self, conn):
        conn.data_ready = True
        self.busy_threads += 1
        self.tpool.submit(self.handle, conn).add_done_callback(
            lambda future: self.method_queue.defer(self._free_thread, conn, future)
        )

    def _free_thread(self, conn, future):
        self.busy_threads -= 1
        # Before the last connection is counted off, after which a worker may end.
        self._fill_place()
        self.finish_request(conn, future)

    def _fill_place(self):
        """Take what waits in the line and what is parked by turns, so neither starves."""
        self.is_turn_of_line = not self.is_turn_of_line
        if self.is_turn_of_line or not self.parked:
            self._take_from_line()
        elif self._find_place(self.parked[0]):
            self.parked.popleft()

    def _watch_line(self, enabled):
        if enabled == self.is_watching_line:
            return
        self.is_watching_line = enabled
        if enabled:
            self.poller.register(
                self.line.exit, selectors.EVENT_READ, lambda _: self._take_from_line()
            )
        else:
            self.poller.unregister(self.line.exit)

    def _take_from_line(self):
        if not self._has_free_thread() or (taken := self.line.take()) is None:
            return
        self.nr_conns += 1
        try:
            peer, server = taken.getpeername(), taken.getsockname()
        except OSError:
            peer, server = "", ""
        self.enqueue_req(TConn(self.cfg, taken, peer, server))

    def _wait_for_data(self, conn):
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def _check_health(self, conn):
        """Answer once. A connection that stays open could make this thread wait."""
        self.handle(conn)
        return False

    def _keepalive_after(self, conn, keepalive):
        """Keep the connection if the rest of the body has arrived.

        Otherwise it lingers, without a thread, while its client still sends.
        """
        deadline = time.monotonic() + REST_SECONDS
        conn.parser.unreader.deadline = deadline
        return keepalive and bool(conn.parser.finish_body(deadline=deadline))

    def _linger(self, conn):
        try:
            lingering = Lingering(conn.sock)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        self.lingering.append(lingering)
        self.poller.register(
            conn.sock, selectors.EVENT_READ, lambda _: self._discard(lingering)
        )

    def _discard(self, lingering):
        if not lingering.discard():
            self._end_lingering(lingering)

    def _end_lingering(self, lingering):
        self.lingering.remove(lingering)
        self.poller.unregister(lingering.connection)
        self.nr_conns -= 1
        lingering.connection.close()


def _get_read_ahead(conn):
    """Return what was read together with the request before."""
    return b"" if conn.parser is None else conn.parser.unreader.buf.getvalue()
