import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from accounts.groups import give_rights

pytestmark = pytest.mark.django_db

RIGHT = "accounts.view_user"


@pytest.fixture
def group():
    # Another app has a right of the same codename.
    other = ContentType.objects.exclude(app_label="accounts").first()
    Permission.objects.create(content_type=other, codename="view_user", name="Other")
    return Group.objects.create(name="Bookkeeping")


def list_rights(group):
    return [permission.natural_key()[:2] for permission in group.permissions.all()]


def test_a_migration_gives_a_group_the_right_of_the_app_that_it_names(group):
    give_rights(RIGHT, to=[group.name]).code(apps, None)

    assert list_rights(group) == [("view_user", "accounts")]


def test_undone_it_leaves_a_right_of_the_same_name_in_another_app(group):
    operation = give_rights(RIGHT, to=[group.name])
    group.permissions.set(Permission.objects.filter(codename="view_user"))

    operation.reverse_code(apps, None)

    assert len(group.permissions.all()) == 1
    assert ("view_user", "accounts") not in list_rights(group)
