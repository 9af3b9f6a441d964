"""Locks of rows, held and looked for on several connections."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Model


@contextmanager
def block(
    call: Callable[[], Any], row: Model, status: int | None = 201
) -> Iterator[Future]:
    """Start a call while this transaction locks a row; fail unless the call waits.

    The lock allows foreign keys to the row, or every insert would wait for it. Once the
    lock is released, the response of the call must have the status.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            type(row).objects.select_for_update(no_key=True).get(pk=row.pk)
            running = pool.submit(call_and_disconnect, call)
            assert _is_blocked(running)
            yield running
        response = running.result(timeout=5)
        assert status is None or response.status_code == status


def _is_blocked(running):
    with connection.cursor() as cursor:
        while not running.done():
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return True
    return False


def is_locked(row: Model) -> bool:
    """Tell whether some transaction locks the row, by asking on a new connection."""
    rows = type(row).objects.select_for_update(no_key=True, skip_locked=True)

    def look():
        with transaction.atomic():
            return not rows.filter(pk=row.pk).exists()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call_and_disconnect, look).result(timeout=5)


def call_and_disconnect(call: Callable[[], Any]) -> Any:
    """Call in a thread, and close the connection that the thread opened."""
    try:
        return call()
    finally:
        connection.close()
