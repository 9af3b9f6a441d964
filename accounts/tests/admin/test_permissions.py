"""Rights in the admin: staff cannot extend their own, nor those of others."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from accounts.tests.admin import USERS, account, change
from accounts.tests.factories import UserFactory
from booking.tests.admin import form_codes

pytestmark = pytest.mark.django_db

POWERS = {
    "is_staff": "on",
    "is_superuser": "on",
    "groups": ["1"],
    "user_permissions": ["1", "2"],
}


def test_staff_cannot_make_anyone_staff(staff):
    client = UserFactory()

    added = staff.post(f"{USERS}add/", account(**POWERS))
    changed = staff.post(f"{USERS}{client.pk}/change/", change(client, **POWERS))

    assert (added.status_code, changed.status_code) == (302, 302)
    for person in User.objects.filter(email__in=["new@example.com", client.email]):
        assert not person.is_staff
        assert not person.is_superuser
        assert not person.groups.exists()
        assert not person.user_permissions.exists()


def test_staff_cannot_give_themselves_rights(staff, clerk):
    url = f"{USERS}{clerk.pk}/change/"

    response = staff.post(url, change(clerk, name="Raised", **POWERS))

    assert response.status_code == 302
    clerk.refresh_from_db()
    assert clerk.name == "Raised"
    assert not clerk.is_superuser
    assert not clerk.user_permissions.exists()


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("page", ["change", "password", "delete"])
def test_staff_cannot_change_other_staff_or_superusers(staff, power, page):
    other = UserFactory(**{power: True})
    data = change(other, email="mine@example.com") | account(post="yes")

    response = staff.post(f"{USERS}{other.pk}/{page}/", data)

    assert response.status_code == 403
    stored = User.objects.get(pk=other.pk)
    assert (stored.email, stored.password) == (other.email, other.password)


def test_permission_to_delete_does_not_extend_to_other_staff(staff, clerk):
    group = clerk.groups.get()
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    other, client = UserFactory(staff=True), UserFactory()
    picked = {"action": "delete_selected", "post": "yes"}

    one = staff.post(f"{USERS}{other.pk}/delete/", {"post": "yes"})
    many = staff.post(
        USERS, picked | {"_selected_action": [str(client.pk), str(other.pk)]}
    )

    assert (one.status_code, many.status_code) == (403, 403)
    assert User.objects.filter(pk__in=[other.pk, client.pk]).count() == 2


def test_staff_can_view_other_staff(staff):
    other = UserFactory(staff=True)

    response = staff.get(f"{USERS}{other.pk}/change/")

    assert response.status_code == 200
    assert not response.context["has_change_permission"]
    assert other.password not in response.content.decode()


def test_superusers_can_make_staff(boss):
    person = UserFactory()
    group = Group.objects.get(name="Practice staff")
    powers = {"is_staff": "on", "groups": [str(group.pk)]}

    response = boss.post(f"{USERS}{person.pk}/change/", change(person, **powers))

    assert response.status_code == 302, form_codes(response)
    person.refresh_from_db()
    assert person.is_staff
    assert person.groups.get() == group


def test_the_staff_group_has_only_the_permissions_of_daily_work(clerk):
    every = {"view", "add", "change", "delete"}
    things = [
        "therapist",
        "specialism",
        "offering",
        "workinghours",
        "absence",
        "closure",
    ]

    assert clerk.get_all_permissions() == {
        *(f"accounts.{verb}_user" for verb in every - {"delete"}),
        *(f"appointments.{verb}_appointment" for verb in every - {"delete"}),
        "appointments.view_series",
        *(f"therapists.{verb}_{thing}" for verb in every for thing in things),
    }


def test_staff_see_only_the_models_of_daily_work(staff):
    response = staff.get("/admin/")

    shown = {
        model["object_name"]
        for app in response.context["app_list"]
        for model in app["models"]
    }
    people = {"User", "Therapist", "Specialism"}
    assert shown == people | {"Appointment", "Series", "Closure"}
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
