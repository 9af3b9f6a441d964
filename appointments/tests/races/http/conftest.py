"""Races through HTTP, between two processes that serve the same database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.tests.races.deadlocks import count_deadlocks
from appointments.tests.races.http.ledger import Ledger
from appointments.tests.races.http.servers import send_at_once, serving
from booking.tests.depth import choose


def pytest_collection_modifyitems(items):
    for item in items:
        if "race" in item.fixturenames:
            item.add_marker("depth")
            # In one worker, which starts the servers once for all of them.
            item.add_marker(pytest.mark.xdist_group("races"))


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: the servers are other processes, with the real time."""


@pytest.fixture(scope="package")
def addresses(django_db_setup, tmp_path_factory):
    with (
        open(tmp_path_factory.mktemp("servers") / "log", "wb") as log,
        serving(log) as one,
        serving(log) as other,
    ):
        yield [one, other]


@pytest.fixture
def race(addresses, transactional_db):
    """Repeat a race, and audit the database after each round.

    `prepare` gets the number of the round and returns its requests. They go to the two
    servers in another order each time. Yields the responses of each round, in the order
    of the requests. `meanwhile` is called while the servers work.
    """
    before = count_deadlocks()

    def run(prepare, **more):
        for number in range(choose(sample=5, thorough=50)):
            requests = prepare(number)
            ledger = Ledger()
            first = number % len(requests)
            rotated = requests[first:] + requests[:first]
            responses = send_at_once(addresses[:: (-1) ** number], rotated, **more)
            ledger.audit(responses)
            yield sorted(
                responses, key=lambda response: requests.index(response.request)
            )

    yield run
    assert count_deadlocks() == before


@pytest.fixture
def start():
    """Nine o'clock in 30 days: the servers have the real date."""
    day = timezone.now() + timedelta(days=30)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)
