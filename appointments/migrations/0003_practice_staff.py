from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUP = "Practice staff"
ALL = ["view", "add", "change", "delete"]
# Everything about diaries and people; nothing about groups, permissions or tokens.
ALLOWED = {
    # An account is deactivated, not deleted.
    "accounts": {"user": ["view", "add", "change"]},
    "therapists": {
        "therapist": ALL,
        "specialism": ALL,
        "offering": ALL,
        "workinghours": ALL,
        "absence": ALL,
        "closure": ALL,
    },
    # An appointment is cancelled, not deleted.
    "appointments": {"appointment": ["view", "add", "change"], "series": ["view"]},
}


def create_group(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    for app, models in ALLOWED.items():
        # Django creates permissions after all migrations; the group needs them now.
        create_permissions(installed.get_app_config(app), verbosity=0, apps=apps)
        names = [f"{verb}_{model}" for model in models for verb in models[model]]
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label=app, codename__in=names)
        )


def delete_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("appointments", "0002_opening_hours"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("therapists", "0001_initial"),
    ]

    operations = [migrations.RunPython(create_group, delete_group)]
