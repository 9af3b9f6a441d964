"""How often somebody may try, and that there is no way around it."""

import pytest
from django.conf import settings as current
from django.db import connection

from accounts.models import ThrottleCounter, User
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.throttling import get_network
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"
LOGINS = ["/login", "/login/", "/api/v1/login", LOGIN, f"{LOGIN}/"]
REGISTERS = ["/register", "/api/v1/register/", "/api/v1/auth/register"]


@pytest.fixture(autouse=True)
def rates(settings):
    """Three attempts a minute, whatever the environment says."""

    def choose(**rest):
        rates = {"DEFAULT_THROTTLE_RATES": {"login": "3/min", "register": "3/min"}}
        settings.REST_FRAMEWORK = current.REST_FRAMEWORK | rates | rest

    choose(NUM_PROXIES=0)
    return choose


@pytest.fixture
def log_in(api):
    def attempt(email="ada@example.com", url=LOGIN, password="wrong horse", **headers):
        return api().post(url, {"email": email, "password": password}, **headers)

    return attempt


def statuses(responses):
    return [response.status_code for response in responses]


def test_too_many_attempts_are_refused_with_the_time_to_wait(log_in, nothing_changes):
    for _ in range(3):
        assert log_in().status_code == 401

    with nothing_changes():
        response = log_in()

    assert response.status_code == 429
    assert refusals(response) == [(None, "throttled")]
    assert 1 <= int(response["Retry-After"]) <= 60


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_a_question_is_no_attempt(api, log_in, method):
    answers = [api().generic(method, LOGIN) for _ in range(5)]

    assert 429 not in statuses(answers)
    assert log_in().status_code == 401


def test_the_right_password_does_not_help_then(log_in):
    UserFactory(email="ada@example.com")
    for _ in range(3):
        log_in()

    assert log_in(password=PASSWORD).status_code == 429


def test_whoever_waits_as_long_as_told_may_try_again(log_in, clock):
    log_in()
    clock.shift(20.6)
    for _ in range(2):
        log_in()
    refused = log_in()
    clock.shift(int(refused["Retry-After"]) - 2)
    assert log_in().status_code == 429

    clock.shift(2)

    assert statuses([log_in() for _ in range(4)]) == [401, 401, 401, 429]


def test_one_account_is_tried_so_often_from_all_addresses_together(log_in):
    responses = [log_in(REMOTE_ADDR=f"192.0.2.{n}") for n in range(4)]

    assert statuses(responses) == [401, 401, 401, 429]


def test_one_address_tries_so_often_for_all_accounts_together(log_in):
    responses = [log_in(email=f"person{n}@example.com") for n in range(4)]

    assert statuses(responses) == [401, 401, 401, 429]


def test_others_are_not_held_up(log_in):
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
def test_another_spelling_of_the_address_is_the_same_account(log_in, spellings):
    responses = [
        log_in(email, REMOTE_ADDR=f"192.0.2.{n}") for n, email in enumerate(spellings)
    ]

    assert statuses(responses) == [401, 401, 401, 429]


def test_the_aliases_count_together(log_in):
    responses = [log_in(url=url) for url in LOGINS]

    assert statuses(responses) == [401, 401, 401, 429, 429]


def test_registrations_count_under_all_their_names(api):
    responses = [
        api().post(url, {"email": f"person{n}@example.com", "password": PASSWORD})
        for n, url in enumerate(REGISTERS * 2)
    ]

    assert statuses(responses) == [201, 201, 201, 429, 429, 429]
    assert User.objects.count() == 3


def test_one_address_is_registered_so_often_from_anywhere(api):
    account = {"email": "ada@example.com", "password": PASSWORD}

    responses = [
        api().post(REGISTERS[0], account, REMOTE_ADDR=f"192.0.2.{n}") for n in range(4)
    ]

    assert statuses(responses) == [201, 400, 400, 429]


def test_logins_and_registrations_count_apart(api, log_in):
    for _ in range(4):
        log_in()

    response = api().post(
        REGISTERS[0], {"email": "ada@example.com", "password": PASSWORD}
    )

    assert response.status_code == 201


def by_forwarded(log_in, *headers, **rest):
    """Try once with each X-Forwarded-For, each time for another account."""
    return statuses(
        log_in(f"person{n}@example.com", HTTP_X_FORWARDED_FOR=header, **rest)
        for n, header in enumerate(headers)
    )


def test_strangers_cannot_claim_another_address(log_in):
    claims = [f"203.0.113.{n}" for n in range(4)]

    assert by_forwarded(log_in, *claims) == [401, 401, 401, 429]


def test_behind_a_proxy_only_what_the_proxy_wrote_is_believed(log_in, rates):
    rates(NUM_PROXIES=1)
    claims = [f"203.0.113.{n}, 198.51.100.7" for n in range(4)]

    assert by_forwarded(log_in, *claims) == [401, 401, 401, 429]


def test_behind_a_proxy_callers_count_apart(log_in, rates):
    rates(NUM_PROXIES=1)

    assert by_forwarded(log_in, *[f"203.0.113.{n}" for n in range(4)]) == [401] * 4


def test_an_ipv6_network_counts_as_one_caller(log_in):
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
def test_what_counts_as_one_caller(address, counted):
    assert get_network(address) == counted


def test_malformed_attempts_count_for_their_address(api):
    bodies = [b"{", b"[]", b'{"email": ["a"]}', b"{}"]

    responses = [
        api().post(LOGIN, body, content_type="application/json") for body in bodies
    ]

    assert statuses(responses) == [400, 400, 400, 429]


def test_attempts_at_once_do_not_exceed_the_rate(log_in, at_once):
    calls = [
        lambda n=n: log_in(REMOTE_ADDR=f"192.0.2.{n}", url=LOGINS[n % len(LOGINS)])
        for n in range(12)
    ]

    responses = at_once(*calls)

    assert sorted(statuses(responses)) == [401] * 3 + [429] * 9


def test_the_counts_are_shared_through_the_database(log_in):
    for _ in range(4):
        log_in()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_throttlecounter SET count = 0")

    assert log_in().status_code == 401


def test_nobody_can_read_from_the_counts_who_tried(log_in):
    log_in(REMOTE_ADDR="192.0.2.1")

    kept = "".join(ThrottleCounter.objects.values_list("key", flat=True))
    assert "ada" not in kept
    assert "192.0.2.1" not in kept


def test_what_is_over_is_swept_away(log_in, clock):
    for n in range(3):
        log_in(f"person{n}@example.com")
    clock.shift(61)

    log_in("last@example.com", REMOTE_ADDR="192.0.2.9")

    assert ThrottleCounter.objects.count() == 2


def test_the_waiting_time_is_of_what_refuses(log_in, clock):
    assert codes(log_in(password="")) == ["blank"]
    clock.shift(30)
    for _ in range(2):
        log_in(REMOTE_ADDR="192.0.2.9")

    by_account = log_in(REMOTE_ADDR="192.0.2.9")
    by_both = log_in(REMOTE_ADDR="192.0.2.9")

    assert (by_account.status_code, by_both.status_code) == (429, 429)
    assert 25 <= int(by_account["Retry-After"]) <= 30
    assert int(by_both["Retry-After"]) > 50


def test_an_address_that_is_refused_locks_nobody_out(log_in):
    UserFactory(email="ada@example.com")
    for n in range(3):
        log_in(f"person{n}@example.com")
    kept = ThrottleCounter.objects.count()

    for _ in range(4):
        assert log_in("ada@example.com").status_code == 429
    assert log_in("made-up@example.com").status_code == 429

    assert ThrottleCounter.objects.count() == kept
    response = log_in("ada@example.com", password=PASSWORD, REMOTE_ADDR="192.0.2.9")
    assert response.status_code == 200
