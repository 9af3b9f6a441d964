"""Races through HTTP, between two processes that serve the same database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.tests.races.http.ledger import Ledger, deadlocks
from appointments.tests.races.http.servers import send_at_once, serving
from booking.tests.depth import choose


def pytest_collection_modifyitems(items):
    for item in items:
        if "race" in item.fixturenames:
            item.add_marker("depth")
            # All in one worker, which starts the servers for them once.
            item.add_marker(pytest.mark.xdist_group("races"))


@pytest.fixture(autouse=True)
def clock():
    """No clock of ours: the servers are other processes, and use the real one."""


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
    """Run a race again and again; account for everything after each time.

    `prepare` makes the requests, from the number of the repetition. Each time other
    processes get them, and in another order. Returns the answers of each time, in the
    order of the requests. `meanwhile` is called while they are on their way.
    """
    before = deadlocks()

    def run(prepare, **more):
        for number in range(choose(sample=5, thorough=50)):
            requests = prepare(number)
            ledger = Ledger()
            turn = number % len(requests)
            turned = requests[turn:] + requests[:turn]
            answers = send_at_once(addresses[:: (-1) ** number], turned, **more)
            ledger.audit(answers)
            yield sorted(answers, key=lambda answer: requests.index(answer.request))

    yield run
    assert deadlocks() == before


@pytest.fixture
def start():
    """Nine o'clock in a month: the servers' calendar is today's."""
    day = timezone.now() + timedelta(days=30)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)
