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
# Where the actor is, for the security log alone.
PLACE_SETTING = "booking.place"


def actor_parameters(user) -> dict[str, Any]:
    """Return what a statement of the API tells the history of its user and request."""
    origin = get_origin()
    return {
        # An invitation can be declined without an account.
        "user": user.pk and Int8(user.pk),
        "request_id": origin.request_id,
        "caller_request_id": origin.caller_request_id,
    }


@contextmanager
def set_actor(user, role: str) -> Iterator[None]:
    """Record the user as the actor of every change made inside the block."""
    _set(_describe(user, role))
    try:
        yield
    finally:
        _set(None)


def set_actor_of_transaction(user, role: str) -> None:
    """Record the user as the actor of every change until the end of the transaction."""
    _set(_describe(user, role), is_local=True)


def _describe(user, role):
    origin = get_origin()
    return {
        "user": user.pk,
        "role": role,
        "request_id": origin.request_id,
        "caller_request_id": origin.caller_request_id,
    }


def _set(actor, *, is_local=False):
    """Tell the triggers of the actor, and where they are; no actor clears both."""
    origin = get_origin()
    place = {"address": origin.address, "path": origin.path}
    values = [json.dumps(value) if actor else "" for value in (actor, place)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, %s), set_config(%s, %s, %s)",
            [SETTING, values[0], is_local, PLACE_SETTING, values[1], is_local],
        )
