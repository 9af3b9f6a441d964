"""Refusals with 503: the database is away, or undid the request."""

from django.db import (
    Error,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    connection,
)
from psycopg import errors
from rest_framework.exceptions import APIException


class NotMigrated(APIException):
    status_code = 503
    default_code = "not_migrated"
    default_detail = "Migrations are missing."


class DatabaseUnavailable(APIException):
    status_code = 503
    default_code = "database_unavailable"
    # A connection may break after a commit, before PostgreSQL's confirmation arrives.
    default_detail = (
        "The database cannot be reached, and the request may or may not have taken "
        "effect. Try again."
    )


class Overtaken(APIException):
    """PostgreSQL undid this request in favour of another; the next try may succeed."""

    status_code = 503
    default_code = "overtaken"
    default_detail = (
        "Another request changed the same data. Nothing was done. Try again."
    )
    wait = 1


class Busy(APIException):
    """PostgreSQL undid this request, because it waited or took too long."""

    status_code = 503
    default_code = "busy"
    default_detail = (
        "The service is busy with other requests. Nothing was done. Try again."
    )
    wait = 1


class ReadOnly(APIException):
    """The server is a standby, or is set to accept no changes."""

    status_code = 503
    default_code = "read_only"
    default_detail = (
        "The database accepts no changes at the moment. Nothing was done. Try again."
    )
    wait = 5


class StorageFull(APIException):
    status_code = 503
    default_code = "storage_full"
    default_detail = (
        "The database has no space left. Nothing was done. Please tell the practice."
    )
    wait = 60


# The errors with which PostgreSQL undoes a request, and what the client learns.
UNDONE = {
    errors.DeadlockDetected: Overtaken,
    errors.SerializationFailure: Overtaken,
    errors.LockNotAvailable: Busy,
    errors.QueryCanceled: Busy,
    errors.IdleInTransactionSessionTimeout: Busy,
    errors.ReadOnlySqlTransaction: ReadOnly,
    errors.DiskFull: StorageFull,
}
# The refusals of any operation that uses the database.
UNAVAILABLE = (DatabaseUnavailable, *dict.fromkeys(UNDONE.values()))


def explain_database_error(error: Error) -> APIException | None:
    """Tell a request that PostgreSQL undid from one that did not reach it.

    Returns None for any other error of the database, which is a bug.
    """
    if refusal := UNDONE.get(type(error.__cause__)):
        return refusal()
    # A standby has no unlogged tables, and says so in other words.
    if isinstance(error, NotSupportedError) and connection.is_read_only:
        return ReadOnly()
    unreachable = isinstance(error, OperationalError | InterfaceError)
    return DatabaseUnavailable() if unreachable else None
