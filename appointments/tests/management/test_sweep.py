from datetime import timedelta

import pytest
from django.core.management import call_command

from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.tests.factories import (
    HOUR,
    NOW,
    AppointmentFactory,
)
from booking.models import IdempotentResponse

pytestmark = pytest.mark.django_db

EXPIRY = NOW + timedelta(minutes=10)


def test_sweeping_removes_what_has_expired_and_nothing_else(capsys, clock, therapist):
    kept = [
        AppointmentFactory(therapist=therapist, status=status)
        for status in (Status.BOOKED, Status.CANCELLED)
    ]
    kept.append(AppointmentFactory(therapist=therapist, available=True))
    kept.append(AppointmentFactory(held=True, hold_expires_at=EXPIRY + HOUR))
    published = AppointmentFactory(held=True, was_published=True)
    AppointmentFactory.create_batch(2, held=True)
    responses = [
        IdempotentResponse.objects.create(
            user=published.client, key=str(age), status=200, expires_at=EXPIRY + age
        )
        for age in (-HOUR, 0 * HOUR, timedelta(seconds=1))
    ]
    before = {row["id"]: row for row in Appointment.objects.values()}
    clock.move_to(EXPIRY, tick=False)

    call_command("sweep")

    after = {row["id"]: row for row in Appointment.objects.values()}
    released = after.pop(published.pk)
    assert after == {row.pk: before[row.pk] for row in kept}
    assert (released["status"], released["client_id"], released["hold_expires_at"]) == (
        Status.AVAILABLE,
        None,
        None,
    )
    assert released["busy_until"] == published.busy_until
    assert list(IdempotentResponse.objects.all()) == responses[2:]
    assert capsys.readouterr().out.startswith(
        "Released 3 holds, deleted 2 responses.\n"
    )


def test_sweeping_again_changes_nothing(capsys, clock, nothing_changes):
    AppointmentFactory(held=True)
    clock.move_to(EXPIRY)
    call_command("sweep")

    with nothing_changes():
        call_command("sweep")

    assert "Released 0 holds, deleted 0 responses." in capsys.readouterr().out
