from django.db import migrations, models

import booking.names


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_ascii_addresses")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(
                blank=True, max_length=150, validators=[booking.names.validate_name]
            ),
        ),
    ]
