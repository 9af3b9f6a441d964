"""The functions of the database are those of the files."""

import pytest
from django.db import connection

from appointments.availability.opening_hours import FUNCTIONS, read_function

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_function_in_the_database_is_that_of_the_file(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [name])
        [(body,)] = cursor.fetchall()

    assert body in read_function(name)


def test_a_therapist_who_has_no_hours_costs_no_plan():
    """A null instead of the ids ends the function before it begins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proisstrict FROM pg_proc WHERE proname = 'opening_hours'"
        )

        assert cursor.fetchone() == (True,)
