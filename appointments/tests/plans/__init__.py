"""How many rows list, search and the admin read, at a million appointments.

The plans' rows are counted, not their time: a clock also shows what else runs.
"""

import pytest
from django.db import connection

# In one worker, which adds the rows once.
IN_ONE_WORKER = pytest.mark.xdist_group("a million")


def execute(statements):
    """Run each of the statements, which semicolons separate."""
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            if statement.strip():
                cursor.execute(statement)
