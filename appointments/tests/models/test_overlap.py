"""The database lets no appointments of one therapist, or of one client, overlap."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from appointments.models import Appointment
from appointments.tests.factories import (
    CANCELLATION,
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("offset", "overlaps"),
    [
        pytest.param(-HOUR, False, id="ends as the other starts"),
        pytest.param(MINUTE - HOUR, True, id="a minute into its start"),
        pytest.param(timedelta(), True, id="the same"),
        pytest.param(HOUR - MINUTE, True, id="a minute before its end"),
        pytest.param(HOUR, False, id="starts as the other ends"),
    ],
)
@pytest.mark.parametrize("person", ["therapist", "client"])
def test_appointments_may_touch_and_not_overlap(person, offset, overlaps):
    first = AppointmentFactory(start=FIRST_SESSION)
    second = {person: getattr(first, person), "start": FIRST_SESSION + offset}

    if overlaps:
        with pytest.raises(IntegrityError, match=f"appointment_{person}_overlap"):
            AppointmentFactory(**second)
    else:
        assert AppointmentFactory(**second).pk


def test_a_break_occupies_the_therapist_and_not_the_client():
    first = AppointmentFactory(start=FIRST_SESSION, therapist__break_minutes=10)
    follow_up = {"start": first.end + 9 * MINUTE}

    assert AppointmentFactory(client=first.client, **follow_up).pk
    with pytest.raises(IntegrityError, match="appointment_therapist_overlap"):
        AppointmentFactory(therapist=first.therapist, **follow_up)


@pytest.mark.parametrize("status", ["held", "booked", "completed", "no_show"])
@pytest.mark.parametrize("person", ["therapist", "client"])
def test_an_appointment_occupies_its_period_until_it_is_cancelled(person, status):
    first = AppointmentFactory(start=FIRST_SESSION, status=status)
    same = {person: getattr(first, person), "start": FIRST_SESSION}

    with (
        pytest.raises(IntegrityError, match=f"appointment_{person}_overlap"),
        transaction.atomic(),
    ):
        AppointmentFactory(**same)
    Appointment.objects.update(**CANCELLATION)
    assert AppointmentFactory(**same).pk


def test_an_available_appointment_occupies_its_therapist():
    first = AppointmentFactory(available=True, start=FIRST_SESSION)

    with pytest.raises(IntegrityError, match="appointment_therapist_overlap"):
        AppointmentFactory(therapist=first.therapist, start=FIRST_SESSION)


def test_overlaps_are_looked_for_at_the_end_of_a_statement():
    """So appointments that touch can move in one, whatever the order of the rows."""
    first = AppointmentFactory(start=FIRST_SESSION)
    AppointmentFactory(
        therapist=first.therapist, client=first.client, start=FIRST_SESSION + HOUR
    )

    for hours in (1, -2):
        Appointment.objects.update(
            start=F("start") + hours * HOUR,
            end=F("end") + hours * HOUR,
            busy_until=F("busy_until") + hours * HOUR,
        )

    starts = list(Appointment.objects.values_list("start", flat=True))
    assert starts == [FIRST_SESSION - HOUR, FIRST_SESSION]
