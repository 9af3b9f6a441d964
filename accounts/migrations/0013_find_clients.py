from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Upper

from booking.postgres.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    # People can sign in while the indexes are built.
    atomic = False

    dependencies = [("accounts", "0012_clients_without_an_address")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=GinIndex(
                OpClass(Upper("phone"), name="gin_trgm_ops"), name="user_by_phone"
            ),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(fields=["name", "id"], name="user_by_name"),
        ),
    ]
