"""Accounts from before addresses were verified go on as they are."""

from django.db import migrations
from django.db.models import F


def verify(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects
    users.filter(verified_at=None, email__isnull=False).update(
        verified_at=F("date_joined")
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_codes")]

    operations = [migrations.RunPython(verify, migrations.RunPython.noop)]
