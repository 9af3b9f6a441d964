"""A mailbox alone signs nobody in, and mails tell of second factors."""

import pyotp
import pytest
from django.utils import timezone

from accounts.models import User
from accounts.second_factors import begin, confirm, remove
from accounts.tests.factories import PASSWORD, UserFactory
from notifications.tests.conftest import ADDRESS, AUTH

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another horse battery"


@pytest.fixture
def user(db):
    return UserFactory(email=ADDRESS)


@pytest.fixture
def app(user, read, wait):
    """The authenticator app of the user. Its mail is read."""
    factor, secret = begin(user, "Phone")
    app = pyotp.TOTP(secret)
    confirm(factor, app.at(timezone.now()))
    read()
    wait(seconds=30)
    return app


def test_a_code_by_mail_is_one_factor_of_two(api, user, app, read, send):
    send("code", email=ADDRESS)
    [(_, _, code)] = read()

    first = send("verify", email=ADDRESS, code=code)
    assert (first.status_code, first.json().keys()) == (200, {"second_factor"})
    assert User.objects.get().email_verified

    token = first.json()["second_factor"]
    second = send("second_factor", token=token, code=app.at(timezone.now()))
    assert api(token=second.json()["access"]).get(f"{AUTH}/me").status_code == 200


def test_a_new_password_by_mail_is_one_factor_of_two(user, app, read, send):
    before = send("login", email=ADDRESS, password=PASSWORD).json()["second_factor"]
    send("forgot", email=ADDRESS)
    [(_, _, code)] = read()

    reset = send("reset", email=ADDRESS, code=code, password=NEW_PASSWORD)
    assert (reset.status_code, reset.json().keys()) == (200, {"second_factor"})

    right = app.at(timezone.now())
    assert send("second_factor", token=before, code=right).status_code == 401
    token = reset.json()["second_factor"]
    assert send("second_factor", token=token, code=right).status_code == 200


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_owner_hears_of_a_factor_that_comes_or_goes(user, work, language):
    User.objects.update(language=language)
    factor, secret = begin(user, "Phone")
    assert work() == []

    confirm(factor, pyotp.TOTP(secret).at(timezone.now()))
    [added] = work()
    remove(factor, by=user)
    [removed] = work()

    for sent in (added, removed):
        assert sent.to == [ADDRESS]
        assert sent.extra_headers["X-Booking-Kind"] == "account.changed"
        assert secret not in sent.body
    word = {"en": "second factor", "de": "zweiter Faktor"}[language]
    assert word in removed.subject
