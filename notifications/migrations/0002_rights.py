"""Staff view what was told, and send again what failed."""

from django.db import migrations

from accounts.groups import give_rights


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0006_groups"),
        ("notifications", "0001_initial"),
    ]

    operations = [
        give_rights(
            "notifications.view_delivery",
            to=["Front desk", "Practice manager", "Auditor"],
        ),
        give_rights(
            "notifications.change_delivery", to=["Front desk", "Practice manager"]
        ),
    ]
