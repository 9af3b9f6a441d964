"""The groups of staff that `migrate` creates."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

VIEW, WRITE, ALL = "v", "vac", "vacd"
VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}
# By model: front desk, manager, auditor.
TABLE = {
    "appointments.appointment": (WRITE, WRITE, VIEW),
    "appointments.series": (WRITE, WRITE, VIEW),
    "therapists.absence": (ALL, ALL, VIEW),
    "therapists.closure": (ALL, ALL, VIEW),
    "accounts.client": (WRITE, WRITE, VIEW),
    "therapists.workinghours": (VIEW, ALL, VIEW),
    "therapists.offering": (VIEW, ALL, VIEW),
    "therapists.therapist": (VIEW, ALL, VIEW),
    "therapists.specialism": (VIEW, ALL, VIEW),
    "accounts.user": ("", WRITE, VIEW),
    **dict.fromkeys(
        [
            "therapists.workinghoursevent",
            "therapists.offeringevent",
            "therapists.absenceevent",
            "therapists.closureevent",
        ],
        ("", VIEW, VIEW),
    ),
    "notifications.delivery": ("vc", "vc", VIEW),
    "notifications.webhook": ("", WRITE, VIEW),
    "accounts.securityevent": ("", VIEW, VIEW),
    "appointments.appointmentread": ("", VIEW, VIEW),
    "appointments.clientbusyrefusal": ("", VIEW, VIEW),
}
GROUPS = ("Front desk", "Practice manager", "Auditor")


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_has_exactly_the_rights_of_the_table(group):
    person = UserFactory(staff=True, group=group)

    expected = {
        model.replace(".", f".{VERBS[letter]}_")
        for model, letters in TABLE.items()
        for letter in letters[GROUPS.index(group)]
    }

    assert person.get_all_permissions() == expected


def test_the_former_group_and_other_staff_become_the_front_desk():
    migration = import_module("appointments.migrations.0006_groups")
    member, other = UserFactory(staff=True), UserFactory(staff=True, group="")
    client, boss = UserFactory(), UserFactory(is_staff=True, is_superuser=True)
    migration.delete_groups(apps, None)
    former = Group.objects.get()

    migration.create_groups(apps, None)

    assert former.name == "Practice staff"
    assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS)
    front_desk = Group.objects.get(name="Front desk")
    assert front_desk.pk == former.pk
    assert set(front_desk.user_set.all()) == {member, other}
    assert not client.groups.exists()
    assert not boss.groups.exists()
