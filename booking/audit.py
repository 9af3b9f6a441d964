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
from psycopg.types.numeric import Int8

from booking.origin import get_origin

SETTING = "pghistory.context_metadata"


def actor_parameters(user) -> dict[str, Any]:
    """Return what a statement of the API tells the history of its user and request."""
    origin = get_origin()
    return {
        "user": Int8(user.pk),
        "request_id": origin.request_id,
        "caller_request_id": origin.caller_request_id,
    }


@contextmanager
def set_actor(user, role: str) -> Iterator[None]:
    """Record the user as the actor of every change made inside the block."""
    origin = get_origin()
    actor = {
        "user": user.pk,
        "request_id": origin.request_id,
        "caller_request_id": origin.caller_request_id,
        "role": role,
    }
    _set(json.dumps(actor))
    try:
        yield
    finally:
        _set("")


def _set(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, FALSE)", [SETTING, value])
