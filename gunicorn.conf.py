"""How many processes and threads serve, how they stop, and what they log."""

import gc
import os

from booking import env

wsgi_app = "booking.wsgi:application"
bind = env.written(*env.address())
# Threads wait for the database while others compute; processes use the processors.
# Each thread may hold a connection, and PostgreSQL has 100 by default: hence the limit.
workers = env.integer("WEB_CONCURRENCY", min(len(os.sched_getaffinity(0)), 4), least=1)
threads = env.integer("WEB_THREADS", 4, least=1)
worker_class = "booking.runtime.worker.Worker"

# After SIGTERM, requests in flight have this long to finish.
graceful_timeout = 30
keepalive = 5
control_socket_disable = True

# A line longer than the default may be a cursor with its filters.
limit_request_line = 8190
# Django believes X-Forwarded-Proto, in stage prod; nobody sets anything else.
forwarded_allow_ips = ""
forwarder_headers = ""

logger_class = "booking.runtime.worker.ServerLogger"
accesslog = "-"


def post_worker_init(worker):
    """Spare the garbage collector what was loaded at the start, and stays."""
    gc.collect()
    gc.freeze()
