"""Rights in the admin: staff cannot extend their own, nor those of others."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from accounts.tests.admin import USERS, account, change
from accounts.tests.factories import UserFactory
from booking.tests.admin import form_codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

POWERS = {
    "is_staff": "on",
    "is_superuser": "on",
    "groups": ["1"],
    "user_permissions": ["1", "2"],
}


@pytest.fixture
def sign_in():
    """Open a browser in which a member of the group uses the admin."""

    def open_browser(group):
        browser = Client()
        browser.force_login(UserFactory(staff=True, group=group))
        return browser

    return open_browser


@pytest.mark.parametrize("group", ["Front desk", "Practice manager"])
def test_staff_cannot_make_anyone_staff(sign_in, group):
    client, browser = UserFactory(), sign_in(group)

    added = browser.post(f"{USERS}add/", account(**POWERS))
    changed = browser.post(f"{USERS}{client.pk}/change/", change(client, **POWERS))

    assert (added.status_code, changed.status_code) == (302, 302)
    for person in User.objects.filter(email__in=["new@example.com", client.email]):
        assert not person.is_staff
        assert not person.is_superuser
        assert not person.groups.exists()
        assert not person.user_permissions.exists()


def test_a_manager_cannot_raise_their_own_rights(sign_in):
    browser = sign_in("Practice manager")
    person = User.objects.get(is_staff=True)
    rights = person.get_all_permissions()

    response = browser.post(
        f"{USERS}{person.pk}/change/", change(person, name="Raised", **POWERS)
    )

    assert response.status_code == 302
    person = User.objects.get(pk=person.pk)
    assert (person.name, person.is_superuser) == ("Raised", False)
    assert person.get_all_permissions() == rights


OTHERS = {
    "a therapist": lambda: TherapistFactory(signs_in=True).user,
    "front desk": lambda: UserFactory(staff=True),
    "auditor": lambda: UserFactory(staff=True, group="Auditor"),
    "more rights": lambda: _add_right(UserFactory(staff=True), "change_group"),
    "superuser": lambda: UserFactory(is_superuser=True),
    "deactivated": lambda: UserFactory(staff=True, is_active=False),
    "deactivated, more rights": lambda: _add_right(
        UserFactory(staff=True, is_active=False), "change_group"
    ),
    "deactivated superuser": lambda: UserFactory(is_superuser=True, is_active=False),
}


def _add_right(person, codename):
    person.user_permissions.add(Permission.objects.get(codename=codename))
    return person


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("page", ["change", "password", "delete"])
def test_the_front_desk_finds_no_account_but_of_clients(sign_in, other, page):
    person = OTHERS[other]()
    browser, url = sign_in("Front desk"), f"{USERS}{person.pk}/{page}/"
    data = change(person, email="mine@example.com") | account(post="yes")

    seen, sent = browser.get(url), browser.post(url, data)

    assert {seen.status_code, sent.status_code} <= {302, 403, 404}
    assert not User.objects.filter(email="mine@example.com").exists()
    assert User.objects.get(pk=person.pk).password == person.password
    assert person not in browser.get(USERS).context["cl"].queryset


@pytest.mark.parametrize("page", ["change", "password"])
@pytest.mark.parametrize("other", OTHERS)
def test_a_manager_changes_accounts_without_rights_beyond_their_own(
    sign_in, other, page
):
    person = OTHERS[other]()
    data = change(person, email="mine@example.com") | account(email="mine@example.com")

    response = sign_in("Practice manager").post(f"{USERS}{person.pk}/{page}/", data)

    stored = User.objects.get(pk=person.pk)
    changed = (stored.email, stored.password) != (person.email, person.password)
    is_allowed = not other.endswith(("more rights", "superuser"))
    assert response.status_code == (302 if is_allowed else 403)
    assert changed == is_allowed


@pytest.mark.parametrize("spelling", ["{}", "0{}", "+{}", "%20{}", "0_0{}"])
def test_a_password_of_ones_own_is_changed_with_the_old_one(sign_in, spelling):
    browser = sign_in("Practice manager")
    person = User.objects.get(is_staff=True)
    id = spelling.format(person.pk)

    response = browser.post(f"{USERS}{id}/password/", account())

    assert response.url == "/admin/password_change/"
    assert User.objects.get(pk=person.pk).password == person.password


def test_an_auditor_views_accounts_and_changes_none(sign_in):
    person, browser = UserFactory(), sign_in("Auditor")
    url = f"{USERS}{person.pk}/"

    seen = browser.get(f"{url}change/")
    sent = [browser.post(url + page, {}) for page in ("change/", "password/")]

    assert seen.status_code == 200
    assert not seen.context["has_change_permission"]
    assert person.password not in seen.content.decode()
    assert {response.status_code for response in sent} == {403}


def test_permission_to_delete_does_not_extend_to_other_staff(staff, clerk):
    group = clerk.groups.get()
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    other, client = UserFactory(staff=True), UserFactory()
    picked = {"action": "delete_selected", "post": "yes"}

    staff.post(f"{USERS}{other.pk}/delete/", {"post": "yes"})
    staff.post(USERS, picked | {"_selected_action": [str(client.pk), str(other.pk)]})

    assert User.objects.filter(pk=other.pk).exists()


def test_superusers_can_make_staff(boss):
    person = UserFactory()
    group = Group.objects.get(name="Front desk")
    powers = {"is_staff": "on", "groups": [str(group.pk)]}

    response = boss.post(f"{USERS}{person.pk}/change/", change(person, **powers))

    assert response.status_code == 302, form_codes(response)
    person.refresh_from_db()
    assert person.is_staff
    assert person.groups.get() == group


def test_staff_see_only_the_models_of_daily_work(staff):
    response = staff.get("/admin/")

    shown = {
        model["object_name"]
        for app in response.context["app_list"]
        for model in app["models"]
    }
    people = {"User", "Therapist", "Specialism"}
    assert shown == people | {
        "Appointment",
        "Series",
        "Absence",
        "Closure",
        "Delivery",
    }
    assert staff.get("/admin/auth/group/").status_code == 403
    assert staff.get("/admin/token_blacklist/outstandingtoken/").status_code == 404


def test_hashes_cannot_be_guessed_through_filters(staff):
    UserFactory(password="secret hash")

    for url in (
        f"{USERS}?password__startswith=s",
        "/admin/appointments/appointment/?client__password__startswith=s",
        "/admin/therapists/therapist/?user__password__startswith=s",
    ):
        assert staff.get(url).status_code in (302, 400)
