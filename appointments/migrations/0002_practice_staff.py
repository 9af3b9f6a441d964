from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUP = "Practice staff"
# Everything about diaries and people; nothing about groups, permissions or tokens.
MODELS = {
    "accounts": ["user"],
    "therapists": ["therapist", "specialism", "offering"],
    "appointments": ["appointment"],
}


def create_group(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    for app, models in MODELS.items():
        # Django creates permissions after all migrations; the group needs them now.
        create_permissions(installed.get_app_config(app), verbosity=0, apps=apps)
        group.permissions.add(
            *Permission.objects.filter(
                content_type__app_label=app, content_type__model__in=models
            )
        )


def delete_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("appointments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("therapists", "0001_initial"),
    ]

    operations = [migrations.RunPython(create_group, delete_group)]
