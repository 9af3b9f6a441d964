"""The log of security events: sign-ins, and changes of passwords, addresses and rights."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import SecurityEvent, User
from accounts.sessions import format_pair, start_session
from accounts.tests.admin import USERS, account, change
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

ADMIN_LOGIN = "/admin/login/"
API_LOGIN = "/api/v1/auth/login"
LOG = "/admin/accounts/securityevent/"


@pytest.fixture(autouse=True)
def log(db):
    """Return what was logged since the people of the test were made."""

    class Log:
        since = 0

        def start(self):
            last = SecurityEvent.objects.first()
            self.since = last.pk if last else 0

        def __call__(self):
            return list(SecurityEvent.objects.filter(pk__gt=self.since).order_by("pk"))

    return Log()


def sign_in(client, way, user, password=PASSWORD, **headers):
    headers = {"X-Request-ID": "trace-7"} | headers
    name = "username" if way == ADMIN_LOGIN else "email"
    body = {name: user.email if isinstance(user, User) else user, "password": password}
    type = {} if way == ADMIN_LOGIN else {"content_type": "application/json"}
    return client.post(way, body, headers=headers, REMOTE_ADDR="192.0.2.7", **type)


@pytest.mark.parametrize("way", [ADMIN_LOGIN, API_LOGIN])
def test_a_sign_in_is_logged(client, log, way):
    person = UserFactory(staff=True)
    log.start()

    response = sign_in(client, way, person)

    assert response.status_code in (200, 302)
    [event] = log()
    assert (event.kind, event.account, event.user) == ("signed_in", person, person)
    assert (event.address, event.path) == ("192.0.2.7", f"POST {way}")
    assert (event.caller_request_id, len(event.request_id)) == ("trace-7", 32)


@pytest.mark.parametrize("way", [ADMIN_LOGIN, API_LOGIN])
def test_a_failure_is_logged_without_what_was_typed(client, log, way):
    person = UserFactory()
    log.start()

    sign_in(client, way, person, "my secret")
    sign_in(client, way, "my.secret@example.com")

    known, unknown = log()
    assert (known.kind, known.account, known.user) == ("sign_in_failed", person, None)
    assert (unknown.kind, unknown.account_id) == ("sign_in_failed", None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, ' ') FROM accounts_securityevent e")
        assert "secret" not in cursor.fetchone()[0]


def test_staff_who_set_a_password_or_an_address_are_logged(manager, log):
    person = UserFactory(email="old@example.com")
    actor = User.objects.get(groups__name="Practice manager")
    log.start()

    manager.post(f"{USERS}{person.pk}/password/", account(), REMOTE_ADDR="192.0.2.7")
    manager.post(f"{USERS}{person.pk}/change/", change(person, email="new@example.com"))

    password, address = log()
    assert [one.kind for one in (password, address)] == [
        "password_changed",
        "address_changed",
    ]
    assert {(one.account, one.user) for one in log()} == {(person, actor)}
    assert password.address == "192.0.2.7"
    assert password.path == f"POST {USERS}{person.pk}/password/"
    assert address.details == {"former": "old@example.com"}


def test_changed_rights_are_logged(boss, log):
    person = UserFactory()
    group = Group.objects.get(name="Auditor")
    right = Permission.objects.get(codename="view_group")
    powers = {
        "is_staff": "on",
        "groups": [str(group.pk)],
        "user_permissions": [str(right.pk)],
    }
    log.start()

    boss.post(f"{USERS}{person.pk}/change/", change(person, **powers))
    boss.post(f"{USERS}{person.pk}/change/", change(person, is_staff="on"))

    events = log()
    assert {event.kind for event in events} == {"rights_changed"}
    assert {event.account for event in events} == {person}
    assert {event.user.is_superuser for event in events} == {True}
    flags, *links = [event.details for event in events]
    assert flags == {"is_staff": True, "is_active": True, "is_superuser": False}
    assert {(verb, name) for link in links for verb, name in link.items()} == {
        (verb, name)
        for verb in ("added", "removed")
        for name in ("Auditor", "view_group")
    }


def test_changed_rights_of_a_group_are_logged(boss, log):
    group = Group.objects.get(name="Auditor")
    right = Permission.objects.get(codename="change_group")
    rights = [str(one.pk) for one in group.permissions.all()] + [str(right.pk)]
    log.start()

    boss.post(
        f"/admin/auth/group/{group.pk}/change/",
        {"name": group.name, "permissions": rights},
    )

    [event] = log()
    assert event.details == {"added": "Auditor: change_group"}
    assert (event.account, event.user.is_superuser) == (None, True)


def test_changes_by_raw_sql_are_logged_without_an_actor(log):
    person = UserFactory()
    log.start()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_superuser = TRUE, password = 'x'")

    assert {(event.kind, event.account, event.user) for event in log()} == {
        ("password_changed", person, None),
        ("rights_changed", person, None),
    }


def change_in_the_admin(person, old):
    browser = Client()
    browser.force_login(person)
    new = dict.fromkeys(("new_password1", "new_password2"), "another horse battery")
    return browser.post("/admin/password_change/", {"old_password": old} | new)


def change_in_the_api(person, old):
    client = APIClient()
    access = format_pair(start_session(person))["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    new = {"new_password": "another horse battery"}
    return client.post("/api/v1/auth/password", {"old_password": old} | new)


@pytest.mark.parametrize("change_password", [change_in_the_admin, change_in_the_api])
@pytest.mark.parametrize(
    ("old", "kind"), [(PASSWORD, "password_changed"), ("wrong", "sign_in_failed")]
)
def test_a_new_password_of_ones_own_or_a_wrong_old_one_is_logged(
    log, change_password, old, kind
):
    person = UserFactory(staff=True)
    log.start()

    response = change_password(person, old)

    [event] = [event for event in log() if event.kind != "signed_in"]
    assert (event.kind, event.account, event.user) == (kind, person, person)
    assert event.path == f"POST {response.wsgi_request.path}"


def test_nothing_else_about_an_account_is_logged(manager, log):
    person = UserFactory()
    log.start()

    manager.post(f"{USERS}{person.pk}/change/", change(person, name="Other"))

    assert log() == []


@pytest.mark.parametrize("statement", ["UPDATE {} SET kind = ''", "DELETE FROM {}"])
def test_an_event_cannot_be_changed_or_deleted(client, statement):
    sign_in(client, API_LOGIN, "nobody@example.com")

    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format("accounts_securityevent"))


def test_the_log_outlives_its_account(client, boss, log):
    person = UserFactory()
    log.start()
    sign_in(client, API_LOGIN, person)
    number = person.pk

    person.delete()

    assert [event.account_id for event in log()] == [number]
    assert f"deleted ({number})" in boss.get(LOG).content.decode()


def test_the_sweep_deletes_what_was_kept_long_enough(settings, log):
    settings.SECURITY_LOG_DAYS = 30
    log.start()
    for days in (29, 31):
        at = timezone.now() - timedelta(days=days)
        SecurityEvent.objects.create(kind="signed_in", at=at)

    call_command("sweep", stdout=None)

    assert len(log()) == 1


@pytest.mark.parametrize("group", ["Practice manager", "Auditor"])
def test_managers_and_auditors_find_events_by_an_account(client, group):
    person = UserFactory()
    sign_in(client, API_LOGIN, person, "wrong")
    client.force_login(UserFactory(staff=True, group=group))

    [found] = client.get(LOG, {"q": person.email}).context["cl"].result_list

    assert found.account == person
    assert client.get(f"{LOG}{found.pk}/change/").status_code == 200
    assert client.post(f"{LOG}{found.pk}/delete/", {"post": "yes"}).status_code == 403
