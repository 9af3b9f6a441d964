"""What all requests to the floor share."""

import os
from uuid import uuid4

from psycopg_pool import ConnectionPool

ROUTE = "/api/v1/appointments"
TYPES = ("one-off", "consultation")

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=int(os.environ.get("WEB_THREADS", "4")),
    open=True,
    kwargs={
        "autocommit": True,
        "prepare_threshold": 0,
        "options": "-c plan_cache_mode=force_generic_plan -c jit=off -c timezone=UTC",
    },
)


class Refused(Exception):
    def __init__(self, status, code="invalid", detail="The request is malformed."):
        self.status, self.code, self.detail = status, code, detail


class NotFound(Refused):
    def __init__(self):
        super().__init__(404, "not_found", "Not found.")


class NoUser(Refused):
    def __init__(self):
        super().__init__(401, "user_not_found")


def known_type(type):
    if type not in TYPES:
        raise ValueError
    return type


def request_id(environ):
    return environ.get("HTTP_X_REQUEST_ID") or uuid4().hex
