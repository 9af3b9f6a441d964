import pytest

from accounts.tests.admin import USERS
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"


@pytest.mark.parametrize("signed_in", [True, False])
def test_only_staff_can_open_the_admin(client, signed_in):
    if signed_in:
        client.force_login(UserFactory())

    response = client.get(USERS)

    assert response.status_code == 302
    assert response.url.startswith(LOGIN)


def test_staff_sign_in_with_their_address_in_any_case(client):
    UserFactory(email="boss@example.com", staff=True)

    response = client.post(
        LOGIN, {"username": "Boss@Example.COM", "password": PASSWORD}
    )

    assert response.status_code == 302


@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", ""])
def test_a_sign_in_leads_nowhere_but_to_the_admin(client, next):
    form = {"username": UserFactory(staff=True).email, "password": PASSWORD}

    response = client.post(LOGIN, form, query_params={"next": next})

    assert response.status_code == 302
    assert response.url == "/admin/"


def test_failures_in_the_api_count_for_the_admin(client):
    UserFactory(email="boss@example.com", staff=True)
    for spelling in ["boss@example.com", "BOSS@example.com", "Boss@Example.com"] * 2:
        wrong = {"email": spelling, "password": "wrong"}
        client.post("/api/v1/auth/login", wrong, "application/json")

    right = {"username": "bOSS@example.com", "password": PASSWORD}
    response = client.post(LOGIN, right)

    assert response.status_code == 200
    [error] = response.context["form"].errors.as_data()["__all__"]
    assert error.code == "throttled"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("is_staff", [True, False])
def test_failures_in_the_admin_count_for_the_api(client, is_staff):
    user = UserFactory(is_staff=is_staff)
    # To the admin, a right password of somebody who is not staff is a failure too.
    password = "wrong" if is_staff else PASSWORD
    for _ in range(5):
        wrong = {"username": user.email, "password": password}
        assert client.post(LOGIN, wrong).status_code == 200

    response = client.post(
        "/api/v1/auth/login",
        {"email": user.email, "password": PASSWORD},
        "application/json",
    )

    assert response.status_code == 429


def test_an_empty_form_does_not_end_the_wait(client):
    user = UserFactory(staff=True)
    for _ in range(5):
        client.post(LOGIN, {"username": user.email, "password": "wrong"})
    client.post(LOGIN, {"username": user.email, "password": ""})

    client.post(LOGIN, {"username": user.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session
