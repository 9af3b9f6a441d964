"""Practice managers and auditors view the history of the schedule."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = ["Practice manager", "Auditor"]
RIGHTS = [
    f"view_{model}event" for model in ("workinghours", "absence", "closure", "offering")
]


def give_rights(apps, schema_editor):
    # Django creates permissions after all migrations; the groups need them now.
    create_permissions(installed.get_app_config("therapists"), verbosity=0, apps=apps)
    rights = _get_rights(apps)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*rights)


def take_rights(apps, schema_editor):
    for right in _get_rights(apps):
        right.group_set.clear()


def _get_rights(apps):
    return apps.get_model("auth", "Permission").objects.filter(codename__in=RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0013_client_has_room"),
        ("therapists", "0003_history_of_schedule"),
    ]

    operations = [migrations.RunPython(give_rights, take_rights)]
