"""Addresses are ASCII in the end, or refused."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from accounts.tests.admin import USERS, account
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals
from booking.tests.admin import form_codes

pytestmark = pytest.mark.django_db

REGISTER, LOGIN = "/api/v1/auth/register", "/api/v1/auth/login"
MUNICH, MUNICH_IN_ASCII = "ada@München.example", "ada@xn--mnchen-3ya.example"
REFUSED = [
    pytest.param("a@ex\U0001e921mple.com", id="two directions in one label"),
    pytest.param("a@xn--a.com", id="no punycode"),
    pytest.param("a@xn--A.com", id="no punycode, in upper case"),
    pytest.param("a@\u2603.example", id="a snowman"),
    pytest.param("a@[127.0.0.1]", id="an address of the network"),
    pytest.param("a@[IPv6:::1]", id="an address of the network, in IPv6"),
    pytest.param("ä@example.com", id="name outside of ASCII"),
    pytest.param("\u017fada@example.com", id="long s"),
    pytest.param("ada@ex\u202emple.com", id="bidi"),
    pytest.param("ada@ex\u2100mple.com", id="expands to a slash"),
    pytest.param(f"ada@{'ü' * 60}.com", id="too long in ASCII"),
    pytest.param("ada@.example.com", id="empty label"),
    pytest.param("ä" * 250, id="no address at all"),
]


@pytest.mark.parametrize("email", REFUSED)
def test_an_address_without_a_form_in_ascii_is_refused(api, nothing_changes, email):
    with nothing_changes():
        response = api().post(REGISTER, {"email": email, "password": PASSWORD})

    assert response.status_code == 400
    assert refusals(response) == [("email", "invalid")]


@pytest.mark.parametrize("email", REFUSED)
def test_signing_in_with_such_an_address_fails_like_any_other(api, email):
    response = api().post(LOGIN, {"email": email, "password": PASSWORD})

    assert response.status_code == 401


@pytest.mark.parametrize("email", REFUSED)
def test_the_model_refuses_it_too(email):
    user = UserFactory.build(email=email)

    with pytest.raises(ValidationError) as refused:
        user.full_clean()

    assert set(refused.value.error_dict) == {"email"}


@pytest.mark.parametrize(
    ("email", "stored"),
    [
        (MUNICH, MUNICH_IN_ASCII),
        ("ada@MÜNCHEN.example", MUNICH_IN_ASCII),
        ("ada@mu\u0308nchen.example", MUNICH_IN_ASCII),
        (MUNICH_IN_ASCII.upper(), MUNICH_IN_ASCII),
        ("ada@\uff45xample\u3002com", "ada@example.com"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@ß.de", "ada@xn--zca.de"),
        # New in Unicode 16, which neither Python nor PostgreSQL has to know.
        ("ada@ex\ua7cbmple.com", "ada@xn--exmple-40c.com"),
        ("ada@r3---sn.example", "ada@r3---sn.example"),
    ],
)
def test_a_domain_is_stored_in_ascii_and_signs_in_in_either_form(api, email, stored):
    response = api().post(REGISTER, {"email": email, "password": PASSWORD})

    assert response.status_code == 201, response.data
    assert response.data["user"]["email"] == stored
    assert User.objects.get().email == stored
    for form in (email, stored):
        login = api().post(LOGIN, {"email": form, "password": PASSWORD})
        assert login.status_code == 200
    again = api().post(REGISTER, {"email": email, "password": PASSWORD})
    assert refusals(again) == [("email", "unique")]


def test_the_admin_stores_an_address_in_ascii(boss):
    response = boss.post(f"{USERS}add/", account(email=MUNICH))

    assert response.status_code == 302, form_codes(response)
    assert User.objects.filter(email=MUNICH_IN_ASCII).exists()


@pytest.mark.parametrize("email", REFUSED)
def test_the_admin_refuses_what_has_no_form_in_ascii(boss, email):
    response = boss.post(f"{USERS}add/", account(email=email))

    assert form_codes(response) == {"email": ["invalid"]}


def test_the_migration_rewrites_what_it_can():
    UserFactory(email="bob@xn--mnchen-3ya.example")
    users = UserFactory.create_batch(3)
    stored = [MUNICH.lower(), "ä@example.com", "bob@münchen.example"]
    with connection.cursor() as cursor:
        for user, email in zip(users, stored, strict=True):
            # Past the field, which would normalize it.
            cursor.execute(
                "UPDATE accounts_user SET email = %s WHERE id = %s", [email, user.pk]
            )

    import_module("accounts.migrations.0006_ascii_addresses").write_in_ascii(apps, None)

    emails = [User.objects.get(pk=user.pk).email for user in users]
    assert emails == [MUNICH_IN_ASCII, *stored[1:]]
