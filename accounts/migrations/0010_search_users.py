from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.models.functions import Upper

from booking.postgres.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    # People can sign in while the index is built.
    atomic = False

    dependencies = [("accounts", "0009_reused_tokens")]

    operations = [
        TrigramExtension(),
        AddIndexConcurrently(
            model_name="user",
            index=GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                name="user_by_text",
            ),
        ),
    ]
