from django.db import migrations, models

from booking.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently


class Migration(migrations.Migration):
    # The diary stays usable while the indexes are built.
    atomic = False

    dependencies = [("appointments", "0016_validate_moved_late")]

    operations = [
        AddIndexConcurrently(
            model_name="appointment",
            index=models.Index(
                fields=["status", "start", "id"], name="appointment_by_status"
            ),
        ),
        *(
            RemoveIndexConcurrently("appointment", f"appointment_{status}")
            for status in ("booked", "completed", "no_show", "cancelled")
        ),
    ]
