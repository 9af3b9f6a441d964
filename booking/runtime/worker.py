"""What gunicorn does differently here: its log lines, and how its workers stop."""

import logging
import os
import select

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from booking.runtime.logs import JsonLine


class Worker(ThreadWorker):
    """Finishes its requests after SIGTERM, and takes no connection meanwhile.

    gunicorn's own keeps the socket open until it is done: the kernel goes on taking
    connections that nobody will answer, and a proxy waits for them in vain.
    """

    def set_accept_enabled(self, enabled):
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for listener in self.sockets:
            # Those that were there before get their answer.
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()


class ServerLogger(Logger):
    """gunicorn's own lines, and one line per request, as the stage wants them."""

    def setup(self, cfg):
        super().setup(cfg)
        if os.environ.get("APPLICATION_STAGE") == "prod":
            logging.captureWarnings(True)
            # What cannot be formatted is lost, rather than printed as it came.
            logging.raiseExceptions = False
            for log in (self.error_log, self.access_log):
                for handler in log.handlers:
                    handler.setFormatter(JsonLine())

    def access(self, resp, req, environ, request_time):
        about = {
            "method": environ.get("REQUEST_METHOD"),
            "path": _readable(environ.get("PATH_INFO", "")),
            "status": resp.status_code,
            "duration_ms": round(request_time.total_seconds() * 1000, 1),
            "request_id": _header(resp, "X-Request-ID"),
        }
        self.access_log.info(
            "%(method)s %(path)s %(status)s in %(duration_ms).0f ms", about, extra=about
        )


def _readable(path):
    """Undo WSGI's reading of UTF-8 as Latin-1, where it was not undone already."""
    try:
        return path.encode("latin-1").decode(errors="replace")
    except UnicodeEncodeError:
        return path


def _header(resp, wanted):
    """Return a header of the answer: the thread may serve another request by now."""
    return next((value for name, value in resp.headers if name == wanted), None)
