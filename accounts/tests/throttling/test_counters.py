"""The counters in the database."""

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import ThrottleCounter
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.throttling import LOGINS, statuses

pytestmark = pytest.mark.django_db


def test_simultaneous_attempts_do_not_exceed_the_rate(log_in, at_once):
    calls = [
        lambda n=n: log_in(REMOTE_ADDR=f"192.0.2.{n}", url=LOGINS[n % len(LOGINS)])
        for n in range(12)
    ]

    responses = at_once(*calls)

    assert sorted(statuses(responses)) == [401] * 3 + [429] * 9


def test_the_counters_are_shared_through_the_database(log_in):
    for _ in range(4):
        log_in()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_throttlecounter SET count = 0")

    assert log_in().status_code == 401


def test_the_counters_do_not_reveal_accounts_or_addresses(log_in):
    log_in(REMOTE_ADDR="192.0.2.1")

    keys = "".join(ThrottleCounter.objects.values_list("key", flat=True))
    assert "ada" not in keys
    assert "192.0.2.1" not in keys


def test_sweeping_removes_expired_counters_only(log_in, clock):
    for n in range(3):
        log_in(f"person{n}@example.com")
    clock.shift(61)
    log_in("last@example.com", REMOTE_ADDR="192.0.2.9")
    clock.shift(3600 - 61 + 1)

    call_command("sweep")

    # The failures of the last account and address together are left.
    assert ThrottleCounter.objects.count() == 1


def test_the_time_to_wait_is_the_longest_of_all_counters(log_in, clock):
    for n in range(3):
        log_in(f"person{n}@example.com")
    clock.shift(30)
    for n in range(3):
        log_in(REMOTE_ADDR=f"192.0.2.{n}")

    by_address, by_account, by_both = (
        log_in("bob@example.com"),
        log_in(REMOTE_ADDR="192.0.2.9"),
        log_in(),
    )

    assert {by_address.status_code, by_account.status_code} == {429}
    assert 25 <= int(by_address["Retry-After"]) <= 30
    assert int(by_account["Retry-After"]) > 55
    assert int(by_both["Retry-After"]) > 55


def test_a_throttled_address_does_not_lock_out_accounts(log_in):
    UserFactory(email="ada@example.com")
    for n in range(3):
        log_in(f"person{n}@example.com")
    count = ThrottleCounter.objects.count()

    for _ in range(4):
        assert log_in("ada@example.com").status_code == 429
    assert log_in("made-up@example.com").status_code == 429

    assert ThrottleCounter.objects.count() == count
    response = log_in("ada@example.com", password=PASSWORD, REMOTE_ADDR="192.0.2.9")
    assert response.status_code == 200
