from django.db import migrations, models

from booking.postgres.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    # The diary stays usable while the index is built.
    atomic = False

    dependencies = [("appointments", "0011_rights_to_logs")]

    operations = [
        AddIndexConcurrently(
            model_name="appointmentevent",
            index=models.Index(
                condition=models.Q(status="held"),
                fields=["client", "therapist", "updated_at"],
                name="appointmentevent_holds",
            ),
        ),
    ]
