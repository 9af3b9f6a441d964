"""Sessions of the API: how long they last, what ends them, and what is stored."""

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import SecurityEvent, Session
from accounts.sessions import format_pair, start_session
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import codes

pytestmark = pytest.mark.django_db

DAY = 24 * 3600
LOGIN, REFRESH, LOGOUT, ME = (
    f"/api/v1/auth/{name}" for name in ("login", "refresh", "logout", "me")
)


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def refresh(api):
    """Exchange a refresh token; return the new pair of tokens, or None if it is refused."""

    def exchange(pair):
        response = api().post(REFRESH, {"refresh": pair["refresh"]})
        if response.status_code == 200:
            return response.data
        assert response.status_code == 401
        assert codes(response) == ["token_not_valid"]
        return None

    return exchange


def works(api, pair):
    return api(token=pair["access"]).get(ME).status_code == 200


def read_every_column():
    """Return the text of every row of every table."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            rows += [text for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def test_no_table_holds_a_token(api, refresh, user):
    first = api().post(LOGIN, {"email": user.email, "password": PASSWORD}).data
    second = refresh(first)

    stored = read_every_column()

    for token in (*first.values(), *second.values()):
        _, payload, signature = token.split(".")
        assert payload not in stored
        assert signature not in stored


def test_a_rotated_token_ends_nothing_within_a_minute(api, refresh, user, clock):
    first = format_pair(start_session(user))
    second = refresh(first)
    clock.shift(55)

    assert refresh(first) is None

    assert works(api, second)
    assert refresh(second)


def test_a_rotated_token_ends_its_session_after_a_minute(api, refresh, user, clock):
    other = format_pair(start_session(user))
    first = format_pair(start_session(user))
    second = refresh(first)
    clock.shift(65)

    assert refresh(first) is None

    assert not works(api, second)
    assert refresh(second) is None
    assert works(api, other)
    assert refresh(other)


def test_a_token_reused_after_a_minute_is_in_the_security_log(api, user, clock):
    token = {"refresh": format_pair(start_session(user))["refresh"]}
    for seconds in (0, 30, 31):
        clock.shift(seconds)
        api().post(REFRESH, token, REMOTE_ADDR="192.0.2.7")

    event = SecurityEvent.objects.get(account=user)

    assert (event.kind, event.user, event.address) == (
        "token_reused",
        None,
        "192.0.2.7",
    )


def test_each_rotated_token_has_its_own_minute(api, refresh, user, clock):
    first = format_pair(start_session(user))
    second = refresh(first)
    clock.shift(40)
    third = refresh(second)
    clock.shift(15)
    assert refresh(first) is None
    assert works(api, third)
    clock.shift(10)
    assert refresh(second) is None
    assert works(api, third)

    assert refresh(first) is None

    assert refresh(third) is None


def test_many_quick_rotations_keep_the_session_small(refresh, user):
    pair = format_pair(start_session(user))
    for _ in range(60):
        pair = refresh(pair)

    assert len(Session.objects.get().rotated) == 50
    assert refresh(pair)


def test_a_session_lasts_ninety_days_however_often_it_is_used(
    api, refresh, user, clock
):
    pair = format_pair(start_session(user))
    for _ in range(8):
        clock.shift(11 * DAY)
        pair = refresh(pair)
    clock.shift(2 * DAY - 60)
    pair = refresh(pair)
    assert works(api, pair)

    clock.shift(61)

    assert refresh(pair) is None


def test_logging_out_with_a_token_rotated_long_ago_ends_the_session(
    api, refresh, user, clock
):
    first = format_pair(start_session(user))
    second = refresh(first)
    clock.shift(65)

    response = api().post(LOGOUT, {"refresh": first["refresh"]})

    assert response.status_code == 401
    assert refresh(second) is None


def test_logging_out_ends_the_access_token_too(api, user):
    phone, laptop = (format_pair(start_session(user)) for _ in range(2))

    assert api().post(LOGOUT, {"refresh": phone["refresh"]}).status_code == 200

    response = api(token=phone["access"]).get(ME)
    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]
    assert works(api, laptop)


def test_simultaneous_uses_of_a_stolen_token_end_the_session(
    api, refresh, user, clock, at_once
):
    first = format_pair(start_session(user))
    second = refresh(first)
    clock.shift(65)

    at_once(*[lambda: refresh(first)] * 4, lambda: refresh(second))

    assert not Session.objects.exists()


def test_sweeping_removes_expired_sessions_only(user, clock, capsys):
    start_session(user)
    clock.shift(2 * DAY)
    kept = start_session(user)
    clock.shift(12 * DAY + 1)

    call_command("sweep")

    assert Session.objects.get().pk == kept["session"]
    assert "Deleted 1 sessions" in capsys.readouterr().out


def test_a_further_sign_in_ends_the_session_used_longest_ago(api, refresh, clock, user):
    pairs = []
    for _ in range(20):
        clock.shift(1)
        pairs.append(format_pair(start_session(user)))
    clock.shift(1)
    other = start_session(UserFactory())
    used = refresh(pairs[0])

    response = api().post(LOGIN, {"email": user.email, "password": PASSWORD})

    assert response.status_code == 200
    assert not works(api, pairs[1])
    assert refresh(pairs[1]) is None
    assert all(works(api, p) for p in [used, *pairs[2:], response.data])
    assert works(api, format_pair(other))
    assert user.sessions.count() == 20
