import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import accounts.addresses
import accounts.phones


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_practice_time_zone")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="merged_into",
            field=models.ForeignKey(
                editable=False,
                help_text="The client who has this one's appointments since a merge.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="phone",
            field=accounts.phones.PhoneField(
                blank=True,
                help_text="With the country's code, such as +44.",
                max_length=16,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=accounts.addresses.AddressField(
                blank=True,
                error_messages={"unique": "This address is already registered."},
                help_text="A client without an address cannot sign in.",
                max_length=254,
                null=True,
                unique=True,
            ),
        ),
        # 0014 validates them, while people sign in.
        *(
            AddConstraintNotValid(
                model_name="user",
                constraint=models.CheckConstraint(
                    condition=condition, name=name, violation_error_message=message
                ),
            )
            for name, condition, message in [
                (
                    "user_email_is_not_empty",
                    models.Q(("email", ""), _negated=True),
                    "Leave the address out instead.",
                ),
                (
                    "user_staff_have_an_address",
                    models.Q(
                        ("email__isnull", False),
                        models.Q(("is_staff", False), ("is_superuser", False)),
                        _connector="OR",
                    ),
                    "Staff need an address to sign in.",
                ),
                (
                    "user_has_name_or_address",
                    models.Q(
                        ("email__isnull", False),
                        models.Q(("name", ""), _negated=True),
                        _connector="OR",
                    ),
                    "Enter a name or an address.",
                ),
                (
                    "user_phone_is_e164",
                    models.Q(("phone__regex", "^\\+[1-9][0-9]{3,14}$")),
                    accounts.phones.INVALID,
                ),
                (
                    "user_merged_cannot_sign_in",
                    models.Q(
                        ("merged_into", None),
                        models.Q(("email", None), ("is_active", False)),
                        _connector="OR",
                    ),
                    "This client was merged into another.",
                ),
            ]
        ),
    ]
