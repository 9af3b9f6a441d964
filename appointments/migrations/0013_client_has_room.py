from pathlib import Path

from django.db import migrations

FUNCTION = Path(__file__).parents[1] / "services" / "client_has_room.sql"


class Migration(migrations.Migration):
    dependencies = [("appointments", "0012_count_holds")]

    operations = [
        migrations.RunSQL(FUNCTION.read_text("utf-8"), "DROP FUNCTION client_has_room")
    ]
