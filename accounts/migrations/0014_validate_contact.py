from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_find_clients")]

    operations = [
        ValidateConstraint(model_name="user", name=name)
        for name in (
            "user_email_is_not_empty",
            "user_staff_have_an_address",
            "user_has_name_or_address",
            "user_phone_is_e164",
            "user_merged_cannot_sign_in",
        )
    ]
