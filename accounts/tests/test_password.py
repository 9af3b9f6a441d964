import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from accounts.models import SecurityEvent, Session, User
from accounts.sessions import format_pair, start_session
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals

pytestmark = pytest.mark.django_db

URL, LOGIN, REFRESH, ME = (
    f"/api/v1/auth/{name}" for name in ("password", "login", "refresh", "me")
)
NEW_PASSWORD = "another horse battery"
CHANGE = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def pair(user):
    return format_pair(start_session(user))


def test_a_new_password_signs_in_and_the_old_one_does_not(api, user, pair):
    response = api(token=pair["access"]).post(URL, CHANGE)

    assert response.status_code == 200, response.data
    assert response.data.keys() == {"access", "refresh"}
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    old, new = (
        api().post(LOGIN, {"email": user.email, "password": password})
        for password in (PASSWORD, NEW_PASSWORD)
    )
    assert (old.status_code, new.status_code) == (401, 200)


def test_every_other_session_ends(api, user, pair):
    laptop = format_pair(start_session(user))
    stranger = format_pair(start_session(UserFactory()))

    new = api(token=pair["access"]).post(URL, CHANGE).data

    for ended in (pair, laptop):
        assert api(token=ended["access"]).get(ME).status_code == 401
        refreshed = api().post(REFRESH, {"refresh": ended["refresh"]})
        assert refreshed.status_code == 401
    for kept in (new, stranger):
        assert api(token=kept["access"]).get(ME).status_code == 200
        refreshed = api().post(REFRESH, {"refresh": kept["refresh"]})
        assert refreshed.status_code == 200
    assert Session.objects.filter(user=user).count() == 1


def test_it_signs_out_of_the_admin(api, client, pair, user):
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    assert client.get("/admin/password_change/").status_code == 200

    api(token=pair["access"]).post(URL, CHANGE)

    assert client.get("/admin/password_change/").status_code == 302


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param(
            {"old_password": "wrong horse battery"},
            [("old_password", "wrong_password")],
            id="wrong old password",
        ),
        pytest.param(
            {"old_password": f"{PASSWORD} "},
            [("old_password", "wrong_password")],
            id="space after the old password",
        ),
        pytest.param(
            {"new_password": "12345"},
            [
                ("new_password", "password_entirely_numeric"),
                ("new_password", "password_too_common"),
                ("new_password", "password_too_short"),
            ],
            id="weak new password",
        ),
        pytest.param(
            {"new_password": "person@example.com"},
            [("new_password", "password_too_similar")],
            id="the address",
        ),
        pytest.param(
            {"new_password": "x" * 129}, [("new_password", "max_length")], id="long"
        ),
        pytest.param(
            {"new_password": None}, [("new_password", "null")], id="no new password"
        ),
        pytest.param(
            {"old_password": "a\0b"},
            [("old_password", "null_characters_not_allowed")],
            id="NUL",
        ),
    ],
)
def test_a_bad_request_changes_nothing(api, nothing_changes, changes, refused):
    user = UserFactory(email="person@example.com", name="Kit")
    token = start_session(user).access_token

    with nothing_changes():
        response = api(token=token).post(URL, CHANGE | changes)

    assert response.status_code == 400
    assert refusals(response) == refused
    assert api(token=token).get(ME).status_code == 200


def test_failures_count_as_failures_to_sign_in(api, nothing_changes, user, pair):
    for _ in range(5):
        wrong = api(token=pair["access"]).post(URL, CHANGE | {"old_password": "wrong"})
        assert wrong.status_code == 400

    with nothing_changes():
        response = api(token=pair["access"]).post(URL, CHANGE)

    assert response.status_code == 429
    assert refusals(response) == [(None, "throttled")]
    assert int(response["Retry-After"]) <= 5
    login = api().post(LOGIN, {"email": user.email, "password": PASSWORD})
    assert login.status_code == 429


def test_of_simultaneous_changes_one_wins(api, at_once, user, pair):
    calls = [
        lambda n=n: api(token=pair["access"]).post(
            URL, CHANGE | {"new_password": f"{NEW_PASSWORD} {n}"}
        )
        for n in range(4)
    ]

    responses = at_once(*calls)

    won = [response for response in responses if response.status_code == 200]
    assert len(won) == 1
    assert {r.status_code for r in responses} <= {200, 400, 401}
    assert api(token=won[0].data["access"]).get(ME).status_code == 200


@pytest.mark.parametrize(
    ("old_password", "status"), [(PASSWORD, 302), ("wrong horse", 200), ("", 200)]
)
def test_the_admin_asks_for_the_old_password(client, api, old_password, status):
    user = UserFactory(staff=True)
    token = start_session(user).access_token
    client.force_login(user)
    form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    response = client.post(
        "/admin/password_change/", form | {"old_password": old_password}
    )

    assert response.status_code == status
    is_changed = status == 302
    assert User.objects.get().check_password(NEW_PASSWORD) == is_changed
    assert Session.objects.exists() != is_changed
    assert (api(token=token).get(ME).status_code == 401) == is_changed
    # The browser in which it was changed stays signed in.
    assert client.get("/admin/password_change/").status_code == 200


def test_wrong_old_passwords_in_the_admin_count_too(client, api):
    user = UserFactory(staff=True)
    client.force_login(user)
    form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    for _ in range(5):
        client.post("/admin/password_change/", form | {"old_password": "wrong"})

    response = client.post("/admin/password_change/", form | {"old_password": PASSWORD})

    [error] = response.context["form"].errors.as_data()["old_password"]
    assert error.code == "throttled"
    assert not User.objects.get().check_password(NEW_PASSWORD)
    login = api().post(LOGIN, {"email": user.email, "password": PASSWORD})
    assert login.status_code == 429


def test_a_password_set_by_a_command_ends_all_sessions(api, user, pair, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW_PASSWORD)

    call_command("changepassword", user.email, verbosity=0)

    assert not Session.objects.exists()
    assert api(token=pair["access"]).get(ME).status_code == 401


def test_a_hash_renewed_at_a_sign_in_is_logged_before_it(client):
    # Django renews it for its short salt, as it does one of weaker parameters.
    person = UserFactory(password=make_password(PASSWORD, salt="short"))
    body = {"email": person.email, "password": PASSWORD}

    response = client.post(LOGIN, body, content_type="application/json")

    assert response.status_code == 200
    *_, renewed, signed_in = SecurityEvent.objects.order_by("pk")
    assert (renewed.kind, renewed.account) == ("password_changed", person)
    assert (renewed.user_id, renewed.path) == (None, "")
    assert (signed_in.kind, signed_in.account) == ("signed_in", person)
