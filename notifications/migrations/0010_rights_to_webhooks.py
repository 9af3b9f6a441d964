"""Practice managers look after the endpoints of other systems, and auditors view them."""

from django.db import migrations

from accounts.groups import give_rights


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_webhooks")]

    operations = [
        give_rights("notifications.view_webhook", to=["Practice manager", "Auditor"]),
        give_rights(
            "notifications.add_webhook",
            "notifications.change_webhook",
            to=["Practice manager"],
        ),
    ]
