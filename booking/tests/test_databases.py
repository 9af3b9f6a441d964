"""Tests that commit leave nothing to others, and killed runs nothing to later ones."""

import secrets

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from booking.tests import databases

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_test_committed_is_undone():
    group = Group.objects.filter(name="Auditor")
    permissions = set(group.get().permissions.all())
    group.delete()
    AppointmentFactory()

    databases.restore()

    assert set(group.get().permissions.all()) == permissions
    assert not Appointment.objects.exists()
    assert not Appointment.pgh_event_model.objects.exists()


@pytest.mark.parametrize("is_alive", [True, False])
def test_the_database_of_a_run_is_dropped_once_the_run_has_ended(is_alive):
    prefix = f"test_left_{secrets.token_hex(4)}_"
    name = f"{prefix}1"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        if is_alive:
            cursor.execute("SELECT set_config('application_name', %s, FALSE)", [name])

        databases.drop_left_behind(cursor, prefix)

        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        [kept] = cursor.fetchone()
        cursor.execute("RESET application_name")
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
    assert kept == is_alive
