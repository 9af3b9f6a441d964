"""Limits on attempts by account and by address."""

from itertools import count

import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.throttling import LOGIN, LOGINS, REGISTERS, statuses
from booking.tests import refusals

pytestmark = pytest.mark.django_db


def test_too_many_attempts_are_refused_with_the_time_to_wait(log_in, nothing_changes):
    for _ in range(3):
        assert log_in().status_code == 401

    with nothing_changes():
        response = log_in()

    assert response.status_code == 429
    assert refusals(response) == [(None, "throttled")]
    assert 1 <= int(response["Retry-After"]) <= 60


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_other_methods_do_not_count_as_attempts(api, log_in, method):
    responses = [api().generic(method, LOGIN) for _ in range(5)]

    assert 429 not in statuses(responses)
    assert log_in().status_code == 401


def test_a_throttled_login_is_refused_even_with_the_right_password(log_in):
    UserFactory(email="ada@example.com")
    for _ in range(3):
        log_in()

    assert log_in(password=PASSWORD).status_code == 429


def test_an_attempt_is_allowed_again_after_the_time_to_wait(log_in, clock):
    addresses = (f"192.0.2.{n}" for n in count())

    def attempt():
        return log_in(REMOTE_ADDR=next(addresses))

    attempt()
    clock.shift(20.6)
    for _ in range(2):
        attempt()
    refused = attempt()
    clock.shift(int(refused["Retry-After"]) - 2)
    assert attempt().status_code == 429

    clock.shift(2)

    assert statuses([attempt() for _ in range(4)]) == [401, 401, 401, 429]


def test_signing_in_does_not_count(log_in):
    UserFactory(email="ada@example.com")

    responses = [log_in(password=PASSWORD) for _ in range(12)]

    assert statuses(responses) == [200] * 12


def test_attempts_for_one_account_count_together_from_all_addresses(log_in):
    responses = [log_in(REMOTE_ADDR=f"192.0.2.{n}") for n in range(4)]

    assert statuses(responses) == [401, 401, 401, 429]


def test_attempts_from_one_address_count_together_for_all_accounts(log_in):
    responses = [log_in(email=f"person{n}@example.com") for n in range(4)]

    assert statuses(responses) == [401, 401, 401, 429]


def test_other_accounts_and_addresses_are_not_throttled(log_in):
    UserFactory(email="bob@example.com")
    for _ in range(4):
        log_in()

    response = log_in("bob@example.com", password=PASSWORD, REMOTE_ADDR="192.0.2.9")

    assert response.status_code == 200


@pytest.mark.parametrize(
    "spellings",
    [
        ["ada@example.com", "ADA@example.com", "Ada@Example.Com", "ada@EXAMPLE.com"],
        [
            "ada@example.com",
            " ada@example.com",
            "ada@example.com ",
            "\tada@example.com",
        ],
    ],
)
def test_all_spellings_of_an_email_count_as_one_account(log_in, spellings):
    responses = [
        log_in(email, REMOTE_ADDR=f"192.0.2.{n}") for n, email in enumerate(spellings)
    ]

    assert statuses(responses) == [401, 401, 401, 429]


def test_logins_count_together_under_all_routes(log_in):
    responses = [log_in(url=url) for url in LOGINS]

    assert statuses(responses) == [401, 401, 401, 429, 429]


def test_registrations_count_together_under_all_routes(api):
    responses = [
        api().post(url, {"email": f"person{n}@example.com", "password": PASSWORD})
        for n, url in enumerate(REGISTERS * 2)
    ]

    assert statuses(responses) == [201, 201, 201, 429, 429, 429]
    assert User.objects.count() == 3


def test_registrations_of_one_email_count_together_from_all_addresses(api):
    account = {"email": "ada@example.com", "password": PASSWORD}

    responses = [
        api().post(REGISTERS[0], account, REMOTE_ADDR=f"192.0.2.{n}") for n in range(4)
    ]

    assert statuses(responses) == [201, 400, 400, 429]


def test_logins_and_registrations_count_separately(api, log_in):
    for _ in range(4):
        log_in()

    response = api().post(
        REGISTERS[0], {"email": "ada@example.com", "password": PASSWORD}
    )

    assert response.status_code == 201
