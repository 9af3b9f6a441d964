"""gunicorn's logger, changed in what it logs of a request, and how."""

import logging
import os

from gunicorn.glogging import Logger

from booking.origin import ENVIRONMENT_KEY, hide_secret
from booking.runtime.logs import JsonLine


class ServerLogger(Logger):
    """Logs gunicorn's own lines and one line per request; in stage prod as JSON."""

    def setup(self, cfg):
        super().setup(cfg)
        if os.environ.get("APPLICATION_STAGE") == "prod":
            logging.captureWarnings(True)
            # A record that cannot be formatted is dropped, not printed unredacted.
            logging.raiseExceptions = False
            for log in (self.error_log, self.access_log):
                for handler in log.handlers:
                    handler.setFormatter(JsonLine())

    def access(self, resp, req, environ, request_time):
        fields = {
            "method": environ.get("REQUEST_METHOD"),
            "path": hide_secret(_decode_path(environ.get("PATH_INFO", ""))),
            "status": resp.status_code,
            "duration_ms": round(request_time.total_seconds() * 1000, 1),
            "request_id": _get_header(resp, "X-Request-ID"),
            "server_request_id": environ.get(ENVIRONMENT_KEY),
        }
        self.access_log.info(
            "%(method)s %(path)s %(status)s in %(duration_ms).0f ms",
            fields,
            extra=fields,
        )


def _decode_path(path):
    """Return the path in UTF-8; WSGI reads it as Latin-1."""
    try:
        return path.encode("latin-1").decode(errors="replace")
    except UnicodeEncodeError:
        return path


def _get_header(resp, header):
    # From the response: the thread's own request id may be another request's by now.
    return next((value for name, value in resp.headers if name == header), None)
