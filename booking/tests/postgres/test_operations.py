"""Building an index of a table in use, with the lock time-out of a command."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.state import ProjectState

from accounts.tests.factories import UserFactory
from booking.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently

pytestmark = pytest.mark.django_db(transaction=True)

ADD_INDEX = AddIndexConcurrently(
    "user", models.Index(fields=["name", "id"], name="user_in_test")
)
REMOVE_INDEX = RemoveIndexConcurrently("user", "user_in_test")
# The lock time-out of the connection, and longer than that.
LIMIT_WAITING = "SET lock_timeout = '50 ms'"
WAITS_LONGER = """
SELECT EXISTS (
    SELECT FROM pg_locks
     WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
       AND clock_timestamp() - waitstart > interval '150 ms')
"""
MAKE_INVALID = """
CREATE INDEX user_in_test ON accounts_user (id);
UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'user_in_test'::regclass
"""
FIND_VALID = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indexrelid = to_regclass('user_in_test') AND indisvalid
"""


@pytest.fixture(autouse=True)
def cleared():
    yield
    execute("DROP INDEX IF EXISTS user_in_test")


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None


def run(operation, method):
    """Run the operation on a connection of its own, whose lock time-out is short."""
    without = ProjectState.from_apps(apps)
    with_index = without.clone()
    ADD_INDEX.state_forwards("accounts", with_index)
    adds = (operation is ADD_INDEX) == (method == "database_forwards")
    states = (without, with_index) if adds else (with_index, without)
    try:
        execute(LIMIT_WAITING)
        with connection.schema_editor(atomic=False) as editor:
            getattr(operation, method)("accounts", editor, *states)
    finally:
        connection.close()


def run_during_transaction(operation, method):
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            UserFactory()
            running = pool.submit(run, operation, method)
            while not (running.done() or execute(WAITS_LONGER)[0]):
                pass
            assert not running.done()
        running.result(timeout=5)


@pytest.mark.parametrize(
    ("operation", "method"),
    [(ADD_INDEX, "database_forwards"), (REMOVE_INDEX, "database_backwards")],
    ids=["added", "removal undone"],
)
def test_an_index_waits_for_a_transaction_for_longer_than_the_time_out(
    operation, method
):
    run_during_transaction(operation, method)

    assert "(name, id)" in execute(FIND_VALID)[0]


@pytest.mark.parametrize(
    ("operation", "method"),
    [(ADD_INDEX, "database_backwards"), (REMOVE_INDEX, "database_forwards")],
    ids=["addition undone", "removed"],
)
def test_removing_an_index_waits_too(operation, method):
    run(ADD_INDEX, "database_forwards")

    run_during_transaction(operation, method)

    assert execute(FIND_VALID) is None


def test_an_invalid_index_of_an_interrupted_run_is_replaced():
    execute(MAKE_INVALID)

    run(ADD_INDEX, "database_forwards")

    assert "(name, id)" in execute(FIND_VALID)[0]
