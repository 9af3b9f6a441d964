"""Practice managers and auditors view the logs."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = ["Practice manager", "Auditor"]
RIGHTS = ["view_appointmentread", "view_securityevent"]


def give_rights(apps, schema_editor):
    for app in ("accounts", "appointments"):
        # Django creates permissions after all migrations; the groups need them now.
        create_permissions(installed.get_app_config(app), verbosity=0, apps=apps)
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
        ("accounts", "0008_security_log"),
        ("appointments", "0010_log_of_reads"),
    ]

    operations = [migrations.RunPython(give_rights, take_rights)]
