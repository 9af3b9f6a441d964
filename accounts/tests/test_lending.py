"""A request that waits to hash a password holds no connection, and lends its place."""

from contextlib import contextmanager, nullcontext
from threading import Timer

import pytest
from django.conf import settings

from accounts import hashers
from accounts.models import User
from accounts.sessions import change_password
from accounts.tests.factories import PASSWORD, UserFactory
from booking.runtime.places import set_lender

pytestmark = pytest.mark.django_db(transaction=True)

FOREIGN_SESSION = "x" * 32


@pytest.fixture
def lent():
    """Occupy every place to hash until a request lends its own; return when it did."""
    lent = []

    @contextmanager
    def lend():
        lent.append(True)
        hashers._places.release()
        yield

    set_lender(lend)
    for _ in range(settings.HASHES_AT_ONCE):
        hashers._places.acquire()
    # A request that lends nothing waits no longer than this.
    end = Timer(2, lambda: lent or hashers._places.release())
    end.start()
    yield lent
    end.cancel()
    set_lender(nullcontext)


@pytest.fixture
def user():
    return UserFactory(staff=True)


def test_a_sign_in_to_the_admin_lends_its_place_whatever_its_session(
    client, user, lent
):
    client.cookies["sessionid"] = FOREIGN_SESSION

    response = client.post(
        "/admin/login/", {"username": user.email, "password": PASSWORD}
    )

    assert response.status_code == 302
    assert lent


def test_a_change_of_password_lends_its_place(settings, user, lent):
    settings.PASSWORD_HASHERS = ["accounts.hashers.BoundedArgon2PasswordHasher"]

    change_password(User.objects.get(), "another horse battery")

    assert lent
