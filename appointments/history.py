"""Who changes what: told to PostgreSQL, whose triggers keep it with each change.

The triggers read one setting, which holds for the transaction. The API's statements set
it themselves, as they cost no round trip more for that; the admin sets it around a form.
Whoever writes otherwise leaves no name.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django_guid import get_guid
from psycopg.types.numeric import Int8

SETTING = "pghistory.context_metadata"


def told(therapist_user):
    """SQL that tells who acts, and in which role towards the therapist with that user."""
    return f"""set_config('{SETTING}', jsonb_build_object(
        'user', %(user)s::bigint, 'request_id', %(request_id)s::text,
        'role', CASE WHEN {therapist_user} = %(user)s THEN 'therapist'
                     WHEN %(is_staff)s THEN 'practice' ELSE 'client' END)::text, TRUE)"""


def teller(user) -> dict[str, Any]:
    """The values that `told` wants."""
    return {
        "user": Int8(user.pk),
        "is_staff": user.is_staff,
        "request_id": get_guid(),
    }


@contextmanager
def told_by_staff(user) -> Iterator[None]:
    """Keep the user with whatever the forms of staff change meanwhile."""
    about = {"user": user.pk, "request_id": get_guid(), "role": "practice"}
    _set(json.dumps(about))
    try:
        yield
    finally:
        _set("")


def _set(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, FALSE)", [SETTING, value])
