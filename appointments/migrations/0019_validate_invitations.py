from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appointments", "0018_invitations")]

    operations = [
        ValidateConstraint(
            model_name="appointment",
            name="appointment_has_a_client_where_its_status_has_one",
        ),
    ]
