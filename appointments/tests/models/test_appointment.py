"""What the database promises, however a row is written."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import (
    CANCELLATION,
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"end": FIRST_SESSION - HOUR}, "appointment_(ends|duration)"),
        ({"end": FIRST_SESSION}, "appointment_(ends|duration)"),
        ({"end": FIRST_SESSION + 4 * MINUTE}, "appointment_duration_within_bounds"),
        ({"end": FIRST_SESSION + 481 * MINUTE}, "appointment_duration_within_bounds"),
        (
            {"start": FIRST_SESSION + MINUTE / 2, "end": FIRST_SESSION + HOUR},
            "appointment_in_whole_minutes",
        ),
        (
            {"end": FIRST_SESSION + HOUR + timedelta(microseconds=1)},
            "appointment_in_whole_minutes",
        ),
        (
            {"busy_until": FIRST_SESSION + HOUR - MINUTE},
            "appointment_busy_until_its_end_or_later",
        ),
        ({"type": "group"}, "appointment_type_is_known"),
        ({"status": "lost"}, "appointment_has_a_client_where_its_status_has_one"),
        ({"status": "available"}, "appointment_has_a_client_where_its_status_has_one"),
        ({"client": None}, "appointment_has_a_client_where_its_status_has_one"),
        (
            {"status": "completed", "client": None},
            "appointment_has_a_client_where_its_status_has_one",
        ),
        (
            {"status": "held", "client": None},
            "appointment_has_a_client_where_its_status_has_one",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused(changes, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        AppointmentFactory(**{"start": FIRST_SESSION} | changes)


@pytest.mark.parametrize("changes", [{"client": None}, {}])
def test_a_cancelled_appointment_may_have_had_a_client_or_not(changes):
    assert AppointmentFactory(cancelled=True, **changes).pk


OFFSETS = pytest.mark.parametrize(
    ("offset", "overlaps"),
    [
        pytest.param(-HOUR, False, id="ends as the other starts"),
        pytest.param(MINUTE - HOUR, True, id="a minute into its start"),
        pytest.param(timedelta(), True, id="the same"),
        pytest.param(HOUR - MINUTE, True, id="a minute before its end"),
        pytest.param(HOUR, False, id="starts as the other ends"),
    ],
)


@OFFSETS
@pytest.mark.parametrize("party", ["therapist", "client"])
def test_touching_is_not_overlapping(party, offset, overlaps):
    first = AppointmentFactory(start=FIRST_SESSION)
    second = {party: getattr(first, party), "start": FIRST_SESSION + offset}

    if overlaps:
        with pytest.raises(IntegrityError, match=f"appointment_{party}_overlap"):
            AppointmentFactory(**second)
    else:
        assert AppointmentFactory(**second).pk


def test_the_therapists_break_is_taken_too_but_not_the_clients():
    first = AppointmentFactory(start=FIRST_SESSION, therapist__break_minutes=10)
    follow_up = {"start": first.end + 9 * MINUTE}

    assert AppointmentFactory(client=first.client, **follow_up).pk
    with pytest.raises(IntegrityError, match="appointment_therapist_overlap"):
        AppointmentFactory(therapist=first.therapist, **follow_up)


@pytest.mark.parametrize("status", ["held", "booked", "completed", "no_show"])
@pytest.mark.parametrize("party", ["therapist", "client"])
def test_every_status_but_cancelled_occupies(party, status):
    first = AppointmentFactory(start=FIRST_SESSION, status=status)
    same = {party: getattr(first, party), "start": FIRST_SESSION}

    with (
        pytest.raises(IntegrityError, match=f"appointment_{party}_overlap"),
        transaction.atomic(),
    ):
        AppointmentFactory(**same)
    Appointment.objects.update(**CANCELLATION)
    assert AppointmentFactory(**same).pk


def test_an_available_appointment_occupies_its_therapist():
    first = AppointmentFactory(available=True, start=FIRST_SESSION)

    with pytest.raises(IntegrityError, match="appointment_therapist_overlap"):
        AppointmentFactory(therapist=first.therapist, start=FIRST_SESSION)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("start = start - interval '61 minutes'", "appointment_therapist_overlap"),
        ("client_id = %(other)s", "appointment_client_overlap"),
        ('"end" = start', "appointment_(ends|duration)"),
        ("client_id = NULL", "appointment_has_a_client"),
    ],
)
def test_raw_sql_is_refused_as_well(change, constraint):
    first = AppointmentFactory(start=FIRST_SESSION)
    other = AppointmentFactory(start=FIRST_SESSION + HOUR)
    AppointmentFactory(therapist=first.therapist, start=FIRST_SESSION + HOUR)
    sql = f"UPDATE appointments_appointment SET {change} WHERE therapist_id = %(of)s"  # noqa: S608
    values = {"other": other.client_id, "of": first.therapist_id}

    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=constraint):
        cursor.execute(sql, values)


def broken_rules(appointment):
    with pytest.raises(ValidationError) as refused:
        appointment.full_clean()
    return {
        (field, error.code)
        for field, errors in refused.value.error_dict.items()
        for error in errors
    }


def test_a_good_appointment_is_clean():
    AppointmentFactory(start=FIRST_SESSION).full_clean()


def test_cleaning_tells_every_broken_rule():
    busy = AppointmentFactory(start=FIRST_SESSION, end=FIRST_SESSION + 6 * HOUR)
    appointment = Appointment(
        therapist=busy.therapist,
        client=busy.client,
        type="group",
        status="available",
        start=FIRST_SESSION + MINUTE / 2,
        end=FIRST_SESSION + 9 * HOUR,
    )

    assert broken_rules(appointment) == {
        ("type", "invalid_choice"),
        ("__all__", "wrong_duration"),
        ("__all__", "not_whole_minutes"),
        ("__all__", "client_and_status"),
        ("__all__", "therapist_busy"),
        ("__all__", "client_busy"),
    }


def test_cleaning_sees_an_end_before_the_start():
    appointment = AppointmentFactory.build(
        therapist=TherapistFactory(),
        client=UserFactory(),
        start=FIRST_SESSION,
        end=FIRST_SESSION - HOUR,
    )

    assert ("__all__", "ends_before_start") in broken_rules(appointment)


def test_cleaning_does_not_collide_with_itself():
    appointment = AppointmentFactory(start=FIRST_SESSION)
    appointment.start += 10 * MINUTE

    appointment.full_clean()
