"""Telephone numbers of accounts, in E.164."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals

pytestmark = pytest.mark.django_db

ME = "/api/v1/auth/me"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("+442079460018", "+442079460018"),
        ("+44 20 7946 0018", "+442079460018"),
        ("+44 (0)20 7946-0018", "+442079460018"),
        ("+1 (202) 555-0123", "+12025550123"),
        (None, None),
    ],
)
def test_a_number_is_stored_in_e164(api, written, stored):
    user = UserFactory(phone="+4915112345678")

    response = api(user).patch(ME, {"phone": written})

    assert response.status_code == 200, response.data
    assert response.json()["phone"] == stored
    user.refresh_from_db()
    assert user.phone == stored


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("020 7946 0018", "invalid"),
        ("+44 20", "invalid"),
        ("+999 123456", "invalid"),
        ("call me", "invalid"),
        ("+44207946001800000", "invalid"),
        ("", "blank"),
        ("+" + "4" * 50, "invalid"),
        (442079460018, "invalid"),
    ],
)
def test_what_is_no_number_of_any_country_is_refused(api, written, code):
    user = UserFactory(phone="+4915112345678")

    response = api(user).patch(ME, {"phone": written})

    assert (response.status_code, refusals(response)) == (400, [("phone", code)])
    user.refresh_from_db()
    assert user.phone == "+4915112345678"


def test_a_client_registers_with_a_number(api):
    body = {"email": "new@example.com", "password": PASSWORD, "phone": "+44 2079460018"}

    response = api().post("/api/v1/auth/register", body)

    assert response.status_code == 201, response.data
    assert response.json()["user"]["phone"] == "+442079460018"


def test_the_database_refuses_a_number_that_is_not_in_e164():
    user = UserFactory()

    with (
        pytest.raises(IntegrityError, match="user_phone_is_e164"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE accounts_user SET phone = '020 7946' WHERE id = %s", [user.pk]
        )


@pytest.mark.parametrize("address", ["", None, " "])
def test_an_account_without_an_address_cannot_sign_in(api, address):
    user = User.objects.create_user(None, PASSWORD, name="Kit")

    response = api().post(
        "/api/v1/auth/login", {"email": address, "password": PASSWORD}
    )

    assert response.status_code == 400, response.data
    assert user.email is None
    assert not user.sessions.exists()
