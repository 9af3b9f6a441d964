"""The groups of staff, as docs/security.md lists them."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

FORMER_GROUP = "Practice staff"
DIARIES = ["appointments.appointment", "appointments.series"]
DAYS = ["therapists.absence", "therapists.closure"]
THERAPISTS = [
    f"therapists.{model}"
    for model in ("therapist", "workinghours", "offering", "specialism")
]
CLIENTS, USERS = ["accounts.client"], ["accounts.user"]
VIEW, WRITE, ALL = (
    ["view"],
    ["view", "add", "change"],
    ["view", "add", "change", "delete"],
)
GROUPS = {
    "Front desk": [(DIARIES + CLIENTS, WRITE), (DAYS, ALL), (THERAPISTS, VIEW)],
    "Practice manager": [
        (DIARIES + CLIENTS + USERS, WRITE),
        (DAYS + THERAPISTS, ALL),
    ],
    "Auditor": [(DIARIES + CLIENTS + USERS + DAYS + THERAPISTS, VIEW)],
}


def create_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    if not Group.objects.filter(name="Front desk").exists():
        Group.objects.filter(name=FORMER_GROUP).update(name="Front desk")
    for app in ("accounts", "therapists", "appointments"):
        # Django creates permissions after all migrations; the groups need them now.
        create_permissions(installed.get_app_config(app), verbosity=0, apps=apps)
    for name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(_list_permissions(apps, rights))
    front_desk = Group.objects.get(name="Front desk")
    User = apps.get_model("accounts", "User")
    for person in User.objects.filter(is_staff=True, is_superuser=False):
        person.groups.add(front_desk)


def _list_permissions(apps, rights):
    Permission = apps.get_model("auth", "Permission")
    for models, verbs in rights:
        for app, model in (name.split(".") for name in models):
            names = [f"{verb}_{model}" for verb in verbs]
            yield from Permission.objects.filter(
                content_type__app_label=app, codename__in=names
            )


def delete_groups(apps, schema_editor):
    """Bring back the one former group; its rights are a little narrower than before."""
    groups = apps.get_model("auth", "Group").objects
    groups.filter(name="Front desk").update(name=FORMER_GROUP)
    groups.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_client_permissions"),
        ("appointments", "0005_lists_of_one_status"),
    ]

    operations = [migrations.RunPython(create_groups, delete_groups)]
