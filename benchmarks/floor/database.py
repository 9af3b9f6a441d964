"""The floor's connections, and the one way in which it runs a change.

psycopg remembers how it read a statement of up to 4,096 characters. All of the floor's
are shorter.
"""

import os
from datetime import UTC, datetime
from uuid import uuid4

from psycopg.errors import ExclusionViolation
from psycopg_pool import ConnectionPool

from benchmarks.floor.errors import ClientBusy, TherapistBusy, UserNotFound

OVERLAPS = {
    "appointment_therapist_overlap": TherapistBusy,
    "appointment_client_overlap": ClientBusy,
}

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=int(os.environ.get("WEB_THREADS", "4")),
    open=False,
    kwargs={
        "autocommit": True,
        "prepare_threshold": 0,
        "options": "-c plan_cache_mode=force_generic_plan -c jit=off -c timezone=UTC",
    },
)


def run_change(statement, caller, environ, values):
    """Return the changed appointment's row, or None if a rule refuses."""
    context = {
        "request_id": uuid4().hex,
        "caller_request_id": environ.get("HTTP_X_REQUEST_ID"),
        "now": datetime.now(UTC),
    }
    try:
        with pool.connection() as connection:
            row = connection.execute(statement, caller | context | values).fetchone()
    except ExclusionViolation as violation:
        raise OVERLAPS[violation.diag.constraint_name] from None
    if row is None:
        raise UserNotFound
    id, *_ = row
    return None if id is None else row
