"""How many processes and threads serve, how they stop, and what they log."""

import gc
import os
import resource
from importlib import import_module

from booking import env
from booking.runtime.connections import WaitingLine
from booking.runtime.worker import Worker

wsgi_app = "booking.wsgi:application"
# Processes use the processors; threads work while others wait for the database.
# The default is at most 4 processes: each thread may hold a database connection, and
# PostgreSQL has 100.
with env.one_line_errors():
    # Otherwise each worker would fail with a traceback.
    import_module(env.settings_module())
    bind = env.format_address(*env.listen_address())
    workers = env.integer(
        "WEB_CONCURRENCY", min(len(os.sched_getaffinity(0)), 4), least=1
    )
    threads = env.integer("WEB_THREADS", 4, least=1)
worker_class = Worker
# Each connection is a descriptor, and each process also needs others.
worker_connections = min(1000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)

# Seconds that running requests have to finish after SIGTERM.
graceful_timeout = 30
keepalive = 5
control_socket_disable = True

# A cursor with many filters can be longer than the default allows.
limit_request_line = 8190
# gunicorn trusts no forwarding header. In stage prod, Django reads X-Forwarded-Proto.
forwarded_allow_ips = ""
forwarder_headers = ""

logger_class = "booking.runtime.server_log.ServerLogger"
accesslog = "-"


def on_starting(server):
    Worker.line = WaitingLine()


def post_worker_init(worker):
    """Exempt what was loaded at the start, and stays, from garbage collection."""
    gc.collect()
    gc.freeze()
