"""Writes the domains of stored addresses in ASCII, as they are looked up from now on."""

from django.db import IntegrityError, migrations, transaction

from accounts.addresses import normalize_address


def write_in_ascii(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects
    for user in users.filter(email__regex="[^ -~]"):
        address = normalize_address(user.email)
        # An address that has no form in ASCII, or whose form is taken, stays.
        try:
            with transaction.atomic():
                users.filter(pk=user.pk).update(email=address)
        except IntegrityError:
            continue


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_address_field")]

    # Mail to the form in ASCII reaches the same person, so nothing is to be undone.
    operations = [migrations.RunPython(write_in_ascii, migrations.RunPython.noop)]
