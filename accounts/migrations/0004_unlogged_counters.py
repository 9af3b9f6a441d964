from django.db import migrations

# A counter may get lost in a crash. Unlogged, counting waits for no disk.
SET_UNLOGGED = "ALTER TABLE accounts_throttlecounter SET UNLOGGED"
SET_LOGGED = "ALTER TABLE accounts_throttlecounter SET LOGGED"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sessions")]

    operations = [migrations.RunSQL(SET_UNLOGGED, SET_LOGGED)]
