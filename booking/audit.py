"""Who acts: told to PostgreSQL, whose triggers keep it with every change.

The triggers read one setting of the connection. The API's statements set it themselves,
for their transaction, as that costs no round trip; the admin sets it around a request.
Whoever writes otherwise leaves no name.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django_guid import get_guid
from psycopg.types.numeric import Int8

from accounts.models import User

SETTING = "pghistory.context_metadata"
STAFF = "practice"


def teller(user: User) -> dict[str, Any]:
    """Return what a statement of the API tells about whoever sends it."""
    return {
        "user": Int8(user.pk),
        "is_staff": user.is_staff,
        "request_id": get_guid(),
    }


@contextmanager
def told_by_staff(user: User) -> Iterator[None]:
    """Keep the user with whatever their forms change meanwhile."""
    _tell(json.dumps({"user": user.pk, "request_id": get_guid(), "role": STAFF}))
    try:
        yield
    finally:
        _tell("")


def _tell(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, FALSE)", [SETTING, value])
