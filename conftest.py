"""What every test may use."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from appointments.tests.factories import NOW

pytest_plugins = ["booking.tests.databases", "booking.tests.depth"]


def pytest_configure(config):
    if os.environ.get("APPLICATION_STAGE") == "prod":
        pytest.exit("Tests do not run with APPLICATION_STAGE=prod.", returncode=2)


@pytest.fixture
def api():
    """Make a client of the API, signed in as the given user if there is one.

    With `token` it sends that instead, as a real client does. A crash of the server
    is an answer with 500, as it is for real clients.
    """

    def sign_in(user=None, token=None):
        client = APIClient(raise_request_exception=False)
        if user is not None:
            if user.is_staff:
                # A token's user comes with its permissions.
                user.get_all_permissions()
            client.force_authenticate(user)
        if token is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return sign_in


@pytest.fixture
def clerk(db):
    """Staff of the front desk."""
    return UserFactory(staff=True)


@pytest.fixture
def staff(clerk):
    """A browser in which the clerk uses the admin."""
    browser = Client()
    browser.force_login(clerk)
    return browser


@pytest.fixture
def manager(db):
    """A browser in which a practice manager uses the admin."""
    browser = Client()
    browser.force_login(UserFactory(staff=True, group="Practice manager"))
    return browser


@pytest.fixture
def boss(db):
    """A browser in which a superuser uses the admin."""
    browser = Client()
    browser.force_login(UserFactory(staff=True, is_superuser=True))
    return browser


@pytest.fixture(autouse=True)
def clock():
    """The clock shows the same moment in every test, and goes on from there."""
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def at_once(transactional_db):
    """Start calls at the same moment, each with its own database connection."""

    def run(*calls):
        gate = Barrier(len(calls))

        def begin(call):
            try:
                connection.ensure_connection()
                gate.wait(timeout=10)
                return call()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(begin, calls))

    return run


@pytest.fixture
def overtaken(transactional_db):
    """Let calls run, each on a connection of its own, right before a statement.

    Each runs before the next statement that contains the text. Yields a list that then
    has their results.
    """

    @contextmanager
    def by_another(*calls, before):
        pending, results = list(calls), []

        def run(call):
            try:
                return call()
            finally:
                connection.close()

        def execute(execute, sql, *rest):
            if before in sql and pending:
                with ThreadPoolExecutor(1) as pool:
                    call = pool.submit(run, pending.pop(0))
                    results.append(call.result(timeout=10))
            return execute(sql, *rest)

        with connection.execute_wrapper(execute):
            yield results

    return by_another


@pytest.fixture
def nothing_changes(db):
    """Make a context that fails if any row of any table is another one after it."""

    @contextmanager
    def watch():
        before = _contents()
        yield
        assert _contents() == before

    return watch


def _contents():
    """Return the number of rows of each table, and a digest of what is in them.

    Left out are the counts and the logs of what was refused, which refusals are meant to
    change.
    """
    counts = {
        "accounts_throttlecounter",
        "accounts_securityevent",
        "appointments_appointmentread",
        "appointments_clientbusyrefusal",
    }
    tables = sorted(set(connection.introspection.table_names()) - counts)
    digests = [
        f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text))"  # noqa: S608
        f' FROM "{table}" t'
        for table in tables
    ]
    with connection.cursor() as cursor:
        # Parallel workers give the parts of a union in any order.
        cursor.execute(" UNION ALL ".join(digests) + " ORDER BY 1")
        return cursor.fetchall()
