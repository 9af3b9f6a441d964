"""The actor of a change: who makes it, in which role, by which request.

The history's triggers read the actor from a setting of the connection. The API's
statements fill it themselves, for their transaction, which saves a round trip; the
admin fills it around a request. A change made without it has no actor in the history.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django_guid import get_guid
from psycopg.types.numeric import Int8

SETTING = "pghistory.context_metadata"


def actor_parameters(user) -> dict[str, Any]:
    """Return what a statement of the API tells the history of its user and request."""
    return {"user": Int8(user.pk), "request_id": get_guid()}


@contextmanager
def set_actor(user, role: str) -> Iterator[None]:
    """Record the user as the actor of every change made inside the block."""
    _set(json.dumps({"user": user.pk, "request_id": get_guid(), "role": role}))
    try:
        yield
    finally:
        _set("")


def _set(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, FALSE)", [SETTING, value])
