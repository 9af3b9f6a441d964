"""A user changes their address, and its new reader proves to be them."""

import pytest

from accounts.models import SecurityEvent, User
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals
from notifications.tests.conftest import ADDRESS, AUTH

pytestmark = pytest.mark.django_db

NEW = "moss@example.com"
REFUSED = [("code", "invalid_code")]


@pytest.fixture
def user():
    return UserFactory(email=ADDRESS, verified_at="2026-01-01T00:00Z")


@pytest.fixture
def request_address(api, user):
    def post(email=NEW, password=PASSWORD, by=None):
        body = {"email": email, "password": password}
        return api(by or user).post(f"{AUTH}/email", body)

    return post


def test_a_code_changes_the_address_and_both_are_told(
    api, user, request_address, read, send
):
    requested = request_address(NEW.upper())
    assert (requested.status_code, requested.json()) == (202, {"email": NEW})
    [(kind, address, code)] = read()
    assert (kind, address) == ("account.verify", NEW)
    assert api(user).get(f"{AUTH}/me").json()["email"] == ADDRESS

    changed = send("verify", email=NEW, code=code)

    assert changed.status_code == 200, changed.data
    assert changed.json()["user"]["email"] == NEW
    assert api(token=changed.json()["access"]).get(f"{AUTH}/me").status_code == 200
    assert sorted(read()) == [("account.changed", ADDRESS), ("account.changed", NEW)]
    assert send("login", email=NEW, password=PASSWORD).status_code == 200
    assert send("login", email=ADDRESS, password=PASSWORD).status_code == 401
    entry = SecurityEvent.objects.get(kind="address_changed")
    assert (entry.account_id, entry.user_id) == (user.pk, user.pk)
    assert entry.details == {"former": ADDRESS}


def test_the_password_is_needed(request_address, read):
    response = request_address(password="a guess of a thief")

    assert (response.status_code, refusals(response)) == (
        400,
        [("password", "wrong_password")],
    )
    assert read() == []


def test_nobody_learns_that_another_account_has_the_address(
    user, request_address, read
):
    UserFactory(email=NEW)

    response = request_address()

    assert (response.status_code, response.json()) == (202, {"email": NEW})
    assert read() == [("account.exists", NEW)]


def test_an_address_that_was_registered_meanwhile_is_refused(
    user, request_address, read, send
):
    request_address()
    [(_, _, code)] = read()
    UserFactory(email=NEW)

    response = send("verify", email=NEW, code=code)

    assert refusals(response) == [("email", "unique")]
    user.refresh_from_db()
    assert user.email == ADDRESS


def test_the_last_request_counts(request_address, read, send):
    request_address("first@example.com")
    [(_, _, first)] = read()
    request_address()
    [(_, _, second)] = read()

    assert refusals(send("verify", email="first@example.com", code=first)) == REFUSED
    assert send("verify", email=NEW, code=second).status_code == 200


def test_a_request_that_was_replaced_before_its_mail_sends_none(request_address, read):
    request_address("first@example.com")
    request_address()

    assert [mail[:2] for mail in read()] == [("account.verify", NEW)]


def test_a_new_password_ends_the_change(api, user, request_address, read, send):
    request_address()
    [(_, _, code)] = read()
    body = {"old_password": PASSWORD, "new_password": "another horse battery"}
    assert api(user).post(f"{AUTH}/password", body).status_code == 200

    assert refusals(send("verify", email=NEW, code=code)) == REFUSED


def test_five_guesses_end_it_and_other_accounts_give_no_more(
    user, request_address, read, send
):
    request_address(by=UserFactory())
    [(_, _, older)] = read()
    request_address()
    [(_, _, code)] = read()

    assert refusals(send("verify", email=NEW, code=older)) == REFUSED
    for _ in range(4):
        send("verify", email=NEW, code=f"{(int(code) + 1) % 10**6:06}")

    assert refusals(send("verify", email=NEW, code=code)) == REFUSED
    assert User.objects.get(pk=user.pk).email == ADDRESS


def test_a_code_signs_in_without_a_password(api, user, read, send):
    response = send("code", email=ADDRESS)
    assert (response.status_code, response.json()) == (202, {"email": ADDRESS})
    [(_, _, code)] = read()

    signed_in = send("verify", email=ADDRESS, code=code).json()

    assert api(token=signed_in["access"]).get(f"{AUTH}/me").status_code == 200


def test_the_code_to_sign_in_is_requested_alike_for_every_address(read, send):
    response = send("code", email="nobody@example.com")

    assert (response.status_code, read()) == (202, [])
