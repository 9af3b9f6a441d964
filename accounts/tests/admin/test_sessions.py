"""How long staff stay signed in to the admin."""

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from accounts.tests.admin import USERS
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

MINUTE = 60


@pytest.fixture
def browser(client, clerk):
    credentials = {"username": clerk.email, "password": PASSWORD}
    assert client.post("/admin/login/", credentials).status_code == 302
    return client


def is_signed_in(browser):
    return browser.get(USERS).status_code == 200


def test_staff_stay_signed_in_while_they_work(browser, clock):
    for _ in range(7):
        clock.shift(59 * MINUTE)
        assert is_signed_in(browser)


def test_an_hour_of_silence_signs_out(browser, clock):
    clock.shift(30 * MINUTE)
    assert is_signed_in(browser)
    clock.shift(60 * MINUTE + 1)

    assert not is_signed_in(browser)


def test_eight_hours_sign_out_however_busy(browser, clock):
    for _ in range(9):
        clock.shift(50 * MINUTE)
        assert is_signed_in(browser)
    clock.shift(29 * MINUTE)
    assert is_signed_in(browser)
    clock.shift(2 * MINUTE)

    assert not is_signed_in(browser)


def test_somebody_else_who_signs_in_gets_eight_hours_too(browser, clock):
    clock.shift(50 * MINUTE)
    other = UserFactory(staff=True, is_superuser=True)

    browser.post("/admin/login/", {"username": other.email, "password": PASSWORD})

    for _ in range(9):
        clock.shift(50 * MINUTE)
        assert is_signed_in(browser)


def test_the_cookie_lasts_as_long_as_the_session(browser, clock):
    cookie = browser.cookies["sessionid"]
    assert cookie["max-age"] == 60 * MINUTE
    for _ in range(9):
        clock.shift(50 * MINUTE)
        browser.get(USERS)

    assert 29 * MINUTE < browser.cookies["sessionid"]["max-age"] <= 30 * MINUTE


def test_a_session_in_use_is_saved_at_most_once_a_minute(
    browser, clock, django_assert_num_queries
):
    clock.shift(2 * MINUTE)
    browser.get("/admin/password_change/")

    # Session, user, second factor, and the permissions of the user and of groups.
    with django_assert_num_queries(5):
        browser.get("/admin/password_change/")


def test_sweeping_removes_expired_sessions_of_the_admin(browser, clock):
    clock.shift(30 * MINUTE)
    kept = UserFactory(staff=True)
    other = type(browser)()
    other.post("/admin/login/", {"username": kept.email, "password": PASSWORD})
    clock.shift(31 * MINUTE)

    call_command("sweep")

    assert Session.objects.get().session_key == other.session.session_key
