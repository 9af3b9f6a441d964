"""The numbers of the history's rows do not run out."""

import pytest
from django.apps import apps
from django.db import connection
from pghistory.models import Event

from appointments.models import Appointment
from appointments.tests.factories import booking_request

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
BIGGEST_INTEGER = 2**31 - 1
TABLES = [
    model._meta.db_table for model in apps.get_models() if issubclass(model, Event)
]
# Of each table's column, and of its sequence.
TYPES = """
SELECT format_type(atttypid, NULL), format_type(seqtypid, NULL)
  FROM unnest(%s::text[]) AS name
  JOIN pg_attribute ON attrelid = name::regclass AND attname = 'pgh_id'
  LEFT JOIN pg_sequence ON seqrelid = pg_get_serial_sequence(name, 'pgh_id')::regclass
"""


def test_writes_go_on_after_the_biggest_integer(api, therapist, stranger):
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'pgh_id'), %s)",
                [table, BIGGEST_INTEGER],
            )

    response = api(stranger).post(URL, booking_request(therapist))

    assert response.status_code == 201, response.data
    row = Appointment.objects.get(pk=response.data["id"])
    assert row.history.get().pgh_id > BIGGEST_INTEGER


def test_each_table_of_the_history_counts_in_bigint():
    with connection.cursor() as cursor:
        cursor.execute(TYPES, [TABLES])
        types = cursor.fetchall()

    assert len(types) == len(TABLES) >= 2
    assert set(types) == {("bigint", "bigint")}
