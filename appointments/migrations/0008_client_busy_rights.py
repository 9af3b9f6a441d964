"""Practice managers and auditors view the refusals because a client is busy."""

from django.db import migrations

from accounts.groups import give_rights


class Migration(migrations.Migration):
    dependencies = [("appointments", "0007_client_busy_refusal")]

    operations = [
        give_rights(
            "appointments.view_clientbusyrefusal", to=["Practice manager", "Auditor"]
        )
    ]
