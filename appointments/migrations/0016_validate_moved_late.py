from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appointments", "0015_client_busy_log")]

    operations = [
        ValidateConstraint(
            model_name="appointment",
            name="appointment_moved_late_only_after_it_was_booked",
        ),
    ]
