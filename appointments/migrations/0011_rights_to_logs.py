"""Practice managers and auditors view the logs."""

from django.db import migrations

from accounts.groups import give_rights


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_security_log"),
        ("appointments", "0010_log_of_reads"),
    ]

    operations = [
        give_rights(
            "appointments.view_appointmentread",
            "accounts.view_securityevent",
            to=["Practice manager", "Auditor"],
        )
    ]
