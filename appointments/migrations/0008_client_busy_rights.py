from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

READERS = ["Practice manager", "Auditor"]
RIGHT = {
    "content_type__app_label": "appointments",
    "codename": "view_clientbusyrefusal",
}


def let_them_read(apps, schema_editor):
    # Django creates permissions after all migrations; the groups need this one now.
    create_permissions(installed.get_app_config("appointments"), verbosity=0, apps=apps)
    right = apps.get_model("auth", "Permission").objects.get(**RIGHT)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=READERS):
        group.permissions.add(right)


def let_nobody_read(apps, schema_editor):
    for right in apps.get_model("auth", "Permission").objects.filter(**RIGHT):
        right.group_set.clear()


class Migration(migrations.Migration):
    dependencies = [("appointments", "0007_client_busy_refusal")]

    operations = [migrations.RunPython(let_them_read, let_nobody_read)]
