"""Sign-ins that wait to hash, with right passwords too, are limited at once."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from accounts.hashers import hashing_place
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def default_rates(rates):
    rates(DEFAULT_THROTTLE_RATES={"login": "100/hour"})


@pytest.fixture
def flood(log_in):
    """Send sign-ins at once while no hash ends; yield the first response."""

    def send(sign_in):
        try:
            return log_in(password=PASSWORD, **sign_in)
        finally:
            connection.close()

    @contextmanager
    def run(sign_ins):
        with ThreadPoolExecutor(len(sign_ins)) as pool:
            with hashing_place():
                waiting = [pool.submit(send, sign_in) for sign_in in sign_ins]
                done, _ = wait(waiting, timeout=10, return_when=FIRST_COMPLETED)
                [first] = done
                yield first.result()
            responses = [one.result(timeout=30) for one in waiting]
        statuses = sorted(response.status_code for response in responses)
        assert statuses == [200] * (len(sign_ins) - 1) + [429]

    return run


def make_sign_ins(count, emails=None, address=None):
    """Sign-ins of so many accounts and addresses, or of those given."""
    emails = emails or [UserFactory().email for _ in range(count)]
    return [
        {"email": emails[n % len(emails)], "REMOTE_ADDR": address or f"192.0.2.{n}"}
        for n in range(count)
    ]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(
            lambda: make_sign_ins(13, emails=[UserFactory().email]), id="one account"
        ),
        pytest.param(lambda: make_sign_ins(25, address="192.0.2.1"), id="one address"),
        pytest.param(lambda: make_sign_ins(49), id="all"),
    ],
)
def test_a_sign_in_beyond_those_that_may_wait_is_refused_at_once(flood, make):
    with flood(make()) as refused:
        assert refused.status_code == 429
        assert refusals(refused) == [(None, "throttled")]
        assert refused["Retry-After"] == "3"


def test_the_admin_refuses_it_too(flood):
    clerk = UserFactory(staff=True)
    with flood(make_sign_ins(13, emails=[clerk.email])):
        response = Client().post(
            "/admin/login/", {"username": clerk.email, "password": PASSWORD}
        )

    [error] = response.context["form"].errors.as_data()["__all__"]
    assert error.code == "throttled"
