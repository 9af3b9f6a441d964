"""Addresses are verified, and passwords set anew, by codes that are sent by mail."""

import pytest

from accounts.models import Code, User
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals
from notifications.tests.conftest import ADDRESS, AUTH

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another horse battery"


def can_sign_in(send, password=PASSWORD):
    return send("login", email=ADDRESS, password=password).status_code == 200


def test_a_code_comes_with_the_registration_and_verifies_the_address(
    api, register, read, send
):
    registered = register()
    assert registered.status_code == 201
    assert registered.json()["user"]["email_verified"] is False

    [(kind, address, code)] = read()
    verified = send("verify", email=ADDRESS.upper(), code=code)

    assert (kind, address) == ("account.verify", ADDRESS)
    assert verified.status_code == 200, verified.data
    assert verified.json()["user"]["email_verified"] is True
    me = api(token=verified.json()["access"]).get(f"{AUTH}/me")
    assert me.json()["email_verified"] is True


def test_where_it_is_required_tokens_come_with_the_verification(
    required, register, read, send
):
    registered = register()
    assert (registered.status_code, registered.json()) == (202, {"email": ADDRESS})
    refused = send("login", email=ADDRESS, password=PASSWORD)
    assert (refused.status_code, refusals(refused)) == (
        401,
        [(None, "email_not_verified")],
    )

    [(_, _, code)] = read()
    assert send("verify", email=ADDRESS, code=code).status_code == 200
    assert can_sign_in(send)


def test_nobody_learns_whether_an_address_is_known(required, register, read, api):
    known = UserFactory(email=ADDRESS, verified_at="2026-01-01T00:00Z", name="Owner")
    before = User.objects.values().get(pk=known.pk)

    responses = [register(), register(email="new@example.com")]

    assert [r.status_code for r in responses] == [202, 202]
    assert [r.json() for r in responses] == [
        {"email": ADDRESS},
        {"email": "new@example.com"},
    ]
    assert User.objects.values().get(pk=known.pk) == before
    assert sorted(mail[:2] for mail in read()) == [
        ("account.exists", ADDRESS),
        ("account.verify", "new@example.com"),
    ]


def test_a_registration_again_replaces_one_that_was_not_verified(
    required, register, read, send
):
    register(password="the password of a stranger", name="Stranger")
    [(_, _, first)] = read()
    register()
    [(_, _, second)] = read()

    assert send("verify", email=ADDRESS, code=first).status_code == 400
    assert send("verify", email=ADDRESS, code=second).status_code == 200
    assert can_sign_in(send)
    assert User.objects.get().name == "Kit"


def test_a_code_works_once(register, read, send):
    register()
    [(_, _, code)] = read()

    assert send("verify", email=ADDRESS, code=code).status_code == 200
    again = send("verify", email=ADDRESS, code=code)

    assert (again.status_code, refusals(again)) == (400, [("code", "invalid_code")])


def test_the_fifth_wrong_guess_ends_a_code(register, read, send):
    register()
    [(_, _, code)] = read()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        guess = send("verify", email=ADDRESS, code=wrong)
        assert refusals(guess) == [("code", "invalid_code")]

    assert send("verify", email=ADDRESS, code=code).status_code == 400
    assert not Code.objects.exists()


def test_a_code_expires(register, read, send, wait):
    register()
    [(_, _, code)] = read()
    wait(minutes=31)

    assert send("verify", email=ADDRESS, code=code).status_code == 400


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12345",
        "1234567",
        "abcdef",
        None,
        123456,
        "\u0661\u0662\u0663\u0664\u0665\u0666",
    ],
)
def test_what_is_no_code_is_refused_at_its_field(send, code):
    response = send("verify", email=ADDRESS, code=code)

    assert response.status_code == 400
    assert [field for field, _ in refusals(response)] == ["code"]


def test_no_table_holds_the_digits(register, read):
    register()
    [(_, _, code)] = read()

    assert code not in str(Code.objects.values().get())


def test_a_forgotten_password_is_set_anew(api, read, send):
    user = UserFactory(email=ADDRESS)
    session = send("login", email=ADDRESS, password=PASSWORD).json()
    assert send("forgot", email=ADDRESS).json() == {"email": ADDRESS}
    [(kind, _, code)] = read()
    assert kind == "account.reset"

    body = {"email": ADDRESS, "code": code, "password": NEW_PASSWORD}
    response = send("reset", **body)

    assert response.status_code == 200, response.data
    assert api(token=response.json()["access"]).get(f"{AUTH}/me").status_code == 200
    assert api(token=session["access"]).get(f"{AUTH}/me").status_code == 401
    assert can_sign_in(send, NEW_PASSWORD)
    assert not can_sign_in(send)
    user.refresh_from_db()
    assert user.email_verified
    assert [mail[0] for mail in read()] == ["account.changed"]


def test_a_weak_password_does_not_use_up_the_code(read, send):
    UserFactory(email=ADDRESS)
    send("forgot", email=ADDRESS)
    [(_, _, code)] = read()

    weak = send("reset", email=ADDRESS, code=code, password="12345678")

    assert {field for field, _ in refusals(weak)} == {"password"}
    strong = send("reset", email=ADDRESS, code=code, password=NEW_PASSWORD)
    assert strong.status_code == 200


def test_a_code_is_for_one_purpose(read, send, register):
    register()
    [(_, _, code)] = read()

    response = send("reset", email=ADDRESS, code=code, password=NEW_PASSWORD)

    assert refusals(response) == [("code", "invalid_code")]
    assert can_sign_in(send)


@pytest.mark.parametrize("route", ["forgot", "verify/resend"])
@pytest.mark.parametrize("account", ["none", "deactivated", "known"])
def test_the_response_is_the_same_for_every_address(read, send, route, account):
    if account != "none":
        UserFactory(email=ADDRESS, is_active=account == "known")

    response = send(route, email=ADDRESS)

    assert (response.status_code, response.json()) == (202, {"email": ADDRESS})
    assert len(read()) == (1 if account == "known" else 0)


def test_a_verified_address_gets_no_other_code(read, send):
    UserFactory(email=ADDRESS, verified_at="2026-01-01T00:00Z")

    send("verify/resend", email=ADDRESS)

    assert read() == []


def test_a_changed_password_is_told(api, read):
    user = UserFactory(email=ADDRESS)
    body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}

    assert api(user).post(f"{AUTH}/password", body).status_code == 200

    assert read() == [("account.changed", ADDRESS)]


def test_staff_sign_in_without_a_code(required, send):
    UserFactory(email=ADDRESS, staff=True)

    assert can_sign_in(send)


def test_an_address_that_staff_change_is_not_verified(api, clerk):
    client = UserFactory(verified_at="2026-01-01T00:00Z")

    api(clerk).patch(f"/api/v1/clients/{client.pk}", {"name": "Kit"})
    client.refresh_from_db()
    assert client.email_verified

    api(clerk).patch(f"/api/v1/clients/{client.pk}", {"email": ADDRESS})
    client.refresh_from_db()
    assert not client.email_verified
