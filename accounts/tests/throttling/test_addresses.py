"""The address for which an attempt counts, with and without a proxy."""

import pytest

from accounts.counters import get_network
from accounts.tests.throttling import LOGIN, statuses

pytestmark = pytest.mark.django_db


def log_in_forwarded(log_in, *headers, **rest):
    """Try once with each X-Forwarded-For, each time for another account."""
    return statuses(
        log_in(f"person{n}@example.com", HTTP_X_FORWARDED_FOR=header, **rest)
        for n, header in enumerate(headers)
    )


def test_without_a_proxy_x_forwarded_for_is_ignored(log_in):
    claims = [f"203.0.113.{n}" for n in range(4)]

    assert log_in_forwarded(log_in, *claims) == [401, 401, 401, 429]


def test_behind_a_proxy_only_the_last_address_is_trusted(log_in, rates):
    rates(NUM_PROXIES=1)
    claims = [f"203.0.113.{n}, 198.51.100.7" for n in range(4)]

    assert log_in_forwarded(log_in, *claims) == [401, 401, 401, 429]


def test_behind_a_proxy_clients_count_separately(log_in, rates):
    rates(NUM_PROXIES=1)

    assert log_in_forwarded(log_in, *[f"203.0.113.{n}" for n in range(4)]) == [401] * 4


def test_an_ipv6_network_counts_as_one_address(log_in):
    responses = [
        log_in(f"person{n}@example.com", REMOTE_ADDR=f"2001:db8:0:7:{n}::{n}")
        for n in range(1, 5)
    ]

    assert statuses(responses) == [401, 401, 401, 429]
    other = log_in("other@example.com", REMOTE_ADDR="2001:db8:0:8::1")
    assert other.status_code == 401


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff::", "2001:db8::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_an_address_counts_as_its_network(address, counted):
    assert get_network(address) == counted


def test_malformed_attempts_do_not_count(api, log_in):
    bodies = [b"{", b"[]", b'{"email": ["a"]}', b"{}"]

    responses = [
        api().post(LOGIN, body, content_type="application/json") for body in bodies
    ]

    assert statuses(responses) == [400] * 4
    assert log_in().status_code == 401
