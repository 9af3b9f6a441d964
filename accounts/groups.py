"""Rights of the groups of staff, as migrations give them."""

from collections.abc import Iterable

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db.migrations import RunPython


def give_rights(*rights: str, to: Iterable[str]) -> RunPython:
    """Return an operation that gives groups rights such as "app.view_model".

    Undone, no group has them.
    """

    def give(apps, schema_editor):
        for app in {right.partition(".")[0] for right in rights}:
            # Django creates permissions after all migrations; the groups need them now.
            create_permissions(installed.get_app_config(app), verbosity=0, apps=apps)
        found = list(_list_permissions(apps, rights))
        for group in apps.get_model("auth", "Group").objects.filter(name__in=to):
            group.permissions.add(*found)

    def take(apps, schema_editor):
        for permission in _list_permissions(apps, rights):
            permission.group_set.clear()

    return RunPython(give, take)


def _list_permissions(apps, rights):
    permissions = apps.get_model("auth", "Permission").objects
    for right in rights:
        app, _, codename = right.partition(".")
        yield from permissions.filter(content_type__app_label=app, codename=codename)
