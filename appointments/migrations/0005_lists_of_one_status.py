from django.db import migrations, models

from booking.postgres.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    # The diary stays usable while the indexes are built.
    atomic = False

    dependencies = [("appointments", "0004_bigger_history")]

    operations = [
        AddIndexConcurrently(
            model_name="appointment",
            index=models.Index(
                fields=["start", "id"],
                name=f"appointment_{status}",
                condition=models.Q(status=status),
            ),
        )
        for status in ("booked", "completed", "no_show", "cancelled")
    ]
