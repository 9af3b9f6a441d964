"""The log of reads: who of staff or therapists opened which client's appointments.

A client's reads of their own are not logged, so a response to a client costs nothing.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils import timezone

from accounts.models import User
from booking.origin import get_origin
from booking.statements import Statement


class LoggedRow(NamedTuple):
    count: int


_LOGGED = """INSERT INTO appointments_appointmentread
           (at, user_id, client_id, request_id, caller_request_id, address, path)
    SELECT DISTINCT %(now)s::timestamptz, %(user)s::bigint, client_id, %(request_id)s::text,
           %(caller_request_id)s::text, %(address)s::inet, %(path)s::text"""
LOG_READS = Statement(
    "log_reads",
    f"""
WITH logged AS (
    {_LOGGED}
      FROM unnest(%(client_ids)s::bigint[]) AS read (client_id)
    RETURNING client_id
)
SELECT count(*) FROM logged
""",  # noqa: S608
    LoggedRow,
)
LOG_READS_OF_APPOINTMENTS = Statement(
    "log_reads_of_appointments",
    f"""
WITH logged AS (
    {_LOGGED}
      FROM appointments_appointment
     WHERE id = ANY(%(ids)s::bigint[]) AND client_id <> %(user)s
    RETURNING client_id
)
SELECT count(*) FROM logged
""",  # noqa: S608
    LoggedRow,
)


def log_reads(user: User, client_ids: Iterable[int | None]) -> None:
    """Record that the user opens appointments of these clients, before they get them.

    Without the log there is no response: an error of the database goes up.
    """
    others = {pk for pk in client_ids if pk} - {user.pk}
    if others:
        LOG_READS.fetch_one(client_ids=sorted(others), **_get_parameters(user))


def log_reads_of_appointments(user: User, ids: Iterable[int]) -> None:
    """The same for appointments of which the response shows only the ids."""
    if ids := list(ids):
        LOG_READS_OF_APPOINTMENTS.fetch_one(ids=ids, **_get_parameters(user))


def _get_parameters(user):
    return get_origin()._asdict() | {"user": user.pk, "now": timezone.now()}
