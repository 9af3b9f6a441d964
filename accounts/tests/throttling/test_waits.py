"""The growing wait after failures with one account from one address."""

import pytest

from accounts.models import ThrottleCounter
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.throttling import LOGIN, statuses
from booking.tests import refusals

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def default_rates(rates):
    rates(DEFAULT_THROTTLE_RATES={"login": "100/hour", "register": "60/hour"})


@pytest.fixture
def ada():
    return UserFactory(email="ada@example.com")


def test_the_wait_starts_after_five_failures_and_doubles(log_in, clock):
    assert statuses(log_in() for _ in range(5)) == [401] * 5
    waits = []
    for _ in range(9):
        refused = log_in()
        assert refusals(refused) == [(None, "throttled")]
        waits.append(int(refused["Retry-After"]))
        clock.shift(waits[-1])
        assert log_in().status_code == 401

    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900]


def test_the_right_password_waits_too(log_in, ada, clock):
    for _ in range(5):
        log_in()
    assert log_in(password=PASSWORD).status_code == 429
    clock.shift(6)

    assert log_in(password=PASSWORD).status_code == 200


def test_a_success_forgets_the_failures_before_it(log_in, ada, clock):
    for _ in range(4):
        log_in()
    assert log_in(password=PASSWORD).status_code == 200

    assert statuses(log_in() for _ in range(6)) == [401] * 5 + [429]


def test_an_hour_without_a_failure_forgets_the_others(log_in, clock):
    for _ in range(5):
        log_in()
    clock.shift(3601)

    assert statuses(log_in() for _ in range(6)) == [401] * 5 + [429]


def test_a_stranger_with_one_address_cannot_lock_anybody_out(log_in, ada, clock):
    """For an hour, the stranger tries again as soon as it is allowed."""
    moment, failures = 0, 0
    while moment < 3600:
        response = log_in(REMOTE_ADDR="192.0.2.66")
        wait = int(response.get("Retry-After", 0))
        failures += response.status_code == 401
        clock.shift(wait)
        moment += wait

    assert failures < 20
    assert log_in(password=PASSWORD, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_an_account_has_a_hundred_failures_an_hour(log_in, ada, clock):
    responses = [log_in(REMOTE_ADDR=f"192.0.2.{n}") for n in range(101)]

    assert statuses(responses) == [401] * 100 + [429]
    clock.shift(int(responses[-1]["Retry-After"]))
    assert log_in(password=PASSWORD, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_an_address_has_a_hundred_failures_an_hour(log_in, ada):
    responses = [log_in(f"person{n}@example.com") for n in range(101)]

    assert statuses(responses) == [401] * 100 + [429]
    assert log_in(password=PASSWORD).status_code == 429
    assert log_in(password=PASSWORD, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_refused_attempts_do_not_prolong_the_wait(log_in):
    for _ in range(5):
        log_in()
    before = sorted(ThrottleCounter.objects.values_list("key", "count", "expires_at"))

    for _ in range(5):
        assert log_in().status_code == 429

    after = sorted(ThrottleCounter.objects.values_list("key", "count", "expires_at"))
    assert after == before


def test_simultaneous_failures_see_each_other(api, at_once):
    calls = [
        lambda: api().post(LOGIN, {"email": "ada@example.com", "password": "wrong"})
    ] * 12

    responses = at_once(*calls)

    assert sorted(statuses(responses)) == [401] * 5 + [429] * 7


def test_simultaneous_right_passwords_all_sign_in(api, ada, at_once):
    right = {"email": ada.email, "password": PASSWORD}

    responses = at_once(*[lambda: api().post(LOGIN, right)] * 12)

    assert statuses(responses) == [200] * 12
