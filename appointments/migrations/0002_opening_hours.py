from django.db import migrations

from appointments.availability.opening_hours import FUNCTIONS, read_function


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0001_initial"),
        ("therapists", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(read_function(name), f"DROP FUNCTION {name}")
        for name in FUNCTIONS
    ]
