"""How many processes and threads serve, and how they stop."""

import os

from booking import env

wsgi_app = "booking.wsgi:application"
bind = f"{env.optional('HOST', '127.0.0.1')}:{env.optional('PORT', '8000')}"
# Threads wait for the database while others compute; processes use the processors.
workers = env.integer("WEB_CONCURRENCY", len(os.sched_getaffinity(0)), least=1)
threads = env.integer("WEB_THREADS", 4, least=1)
worker_class = "gthread"
# Requests in flight are finished after SIGTERM.
graceful_timeout = 30
keepalive = 5
control_socket_disable = True
