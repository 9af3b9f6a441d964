"""Refusals because a client is busy, kept as a log."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from accounts.tests.factories import UserFactory
from appointments.models import ClientBusyRefusal
from appointments.tests.factories import FIRST_SESSION, NOW

pytestmark = pytest.mark.django_db


def keep(therapist, **columns):
    ClientBusyRefusal.objects.create(
        **{"at": NOW, "therapist": therapist, "start": FIRST_SESSION} | columns
    )


@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
def test_the_database_refuses_to_change_a_kept_refusal(therapist, change):
    keep(therapist)
    statements = {
        "UPDATE": "UPDATE appointments_clientbusyrefusal SET at = now()",
        "DELETE": "DELETE FROM appointments_clientbusyrefusal",
    }

    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="Cannot"):
        cursor.execute(statements[change])


def test_a_refusal_outlives_its_people_and_shows_in_the_admin(therapist, boss):
    client = UserFactory()
    keep(therapist, user=therapist.user, client=client)
    id = client.pk
    client.delete()

    page = boss.get("/admin/appointments/clientbusyrefusal/")

    assert ClientBusyRefusal.objects.get().client_id == id
    assert f"deleted ({id})" in page.content.decode()
    assert therapist.user.email in page.content.decode()


def test_the_sweep_deletes_refusals_that_were_kept_long_enough(therapist, settings):
    settings.SECURITY_LOG_DAYS = 30
    for days in (29, 31):
        keep(therapist, at=NOW - timedelta(days=days))

    call_command("sweep", stdout=StringIO())

    assert ClientBusyRefusal.objects.get().at == NOW - timedelta(days=29)
