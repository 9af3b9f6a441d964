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


def test_logins_by_the_api_count_for_the_admin(client):
    UserFactory(email="boss@example.com", staff=True)
    spellings = ["boss@example.com", "BOSS@example.com", "Boss@Example.com"]
    for attempt in range(10):
        wrong = {"email": spellings[attempt % 3], "password": "wrong"}
        response = client.post(
            "/api/v1/auth/login", wrong, "application/json", REMOTE_ADDR=f"::{attempt}"
        )
        assert response.status_code == 401

    # From another network, so that only the account's count stops it.
    right = {"username": "bOSS@example.com", "password": PASSWORD}
    response = client.post(LOGIN, right, REMOTE_ADDR="192.0.2.1")

    assert response.status_code == 200
    [error] = response.context["form"].errors.as_data()["__all__"]
    assert error.code == "throttled"
    assert "_auth_user_id" not in client.session


def test_logins_by_the_admin_count_for_the_api(client):
    for attempt in range(10):
        wrong = {"username": f"somebody{attempt}@example.com", "password": "wrong"}
        assert client.post(LOGIN, wrong).status_code == 200

    response = client.post(
        "/api/v1/auth/login",
        {"email": UserFactory().email, "password": PASSWORD},
        "application/json",
    )

    assert response.status_code == 429
