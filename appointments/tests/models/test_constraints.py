"""Appointments that the database refuses, by whatever way they are written."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    SeriesFactory,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NO_CLIENT = "appointment_has_a_client_where_its_status_has_one"
IMPOSSIBLE = {
    "ends before it starts": (
        {"end": FIRST_SESSION - HOUR},
        "appointment_(ends|duration)",
    ),
    "ends as it starts": ({"end": FIRST_SESSION}, "appointment_(ends|duration)"),
    "too short": (
        {"end": FIRST_SESSION + 4 * MINUTE},
        "appointment_duration_within_bounds",
    ),
    "too long": (
        {"end": FIRST_SESSION + 481 * MINUTE},
        "appointment_duration_within_bounds",
    ),
    "starts within a minute": (
        {"start": FIRST_SESSION + MINUTE / 2, "end": FIRST_SESSION + HOUR},
        "appointment_in_whole_minutes",
    ),
    "ends within a minute": (
        {"end": FIRST_SESSION + HOUR + timedelta(microseconds=1)},
        "appointment_in_whole_minutes",
    ),
    "free before its end": (
        {"busy_until": FIRST_SESSION + HOUR - MINUTE},
        "appointment_busy_until_its_end_or_later",
    ),
    "an unknown type": ({"type": "group"}, "appointment_type_is_known"),
    "an unknown status": ({"status": "lost"}, NO_CLIENT),
    "available with a client": ({"status": "available"}, NO_CLIENT),
    "booked without a client": ({"client": None}, NO_CLIENT),
    "completed without a client": ({"status": "completed", "client": None}, NO_CLIENT),
    "held without an expiry": (
        {"status": "held", "hold_expires_at": None},
        "appointment_hold_expires_where_it_is_held",
    ),
    "booked with an expiry": (
        {"hold_expires_at": FIRST_SESSION},
        "appointment_hold_expires_where_it_is_held",
    ),
    "cancelled at no time": (
        {"status": "cancelled", "cancelled_at": None},
        "appointment_tells_who_cancelled_it",
    ),
    "cancelled in no role": (
        {"status": "cancelled", "cancelled_by": ""},
        "appointment_tells_who_cancelled_it",
    ),
    "cancelled for an unknown reason": (
        {"status": "cancelled", "cancellation_reason": "weather"},
        "appointment_tells_who_cancelled_it",
    ),
    "booked and cancelled late": (
        {"cancelled_late": True},
        "appointment_tells_who_cancelled_it",
    ),
    "completed at no time": (
        {"status": "completed", "concluded_at": None},
        "appointment_tells_when_it_was_concluded",
    ),
    "booked and concluded": (
        {"concluded_at": FIRST_SESSION},
        "appointment_tells_when_it_was_concluded",
    ),
    "available and moved late": (
        {"available": True, "moved_late": True},
        "appointment_moved_late_only_after_it_was_booked",
    ),
    "held and moved late": (
        {"held": True, "moved_late": True},
        "appointment_moved_late_only_after_it_was_booked",
    ),
    "a place in no series": (
        {"occurrence": 1},
        "appointment_has_a_place_in_its_series",
    ),
    "an exception of no series": (
        {"is_exception": True},
        "appointment_has_a_place_in_its_series",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_impossible_appointment_is_refused(case):
    changes, constraint = IMPOSSIBLE[case]

    with pytest.raises(IntegrityError, match=constraint):
        AppointmentFactory(**{"start": FIRST_SESSION} | changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"occurrence": None}, "appointment_has_a_place_in_its_series"),
        ({"occurrence": 0}, "appointment_has_a_place_in_its_series"),
        ({"occurrence": 2}, "appointment_one_per_place_in_a_series"),
    ],
)
def test_each_date_of_a_series_has_a_place_of_its_own(changes, constraint):
    series = SeriesFactory(count=2)

    with pytest.raises(IntegrityError, match=constraint):
        series.appointments.filter(occurrence=1).update(**changes)


@pytest.mark.parametrize("changes", [{"client": None}, {}])
def test_a_cancelled_appointment_has_a_client_or_none(changes):
    assert AppointmentFactory(cancelled=True, **changes).pk


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("start = start - interval '61 minutes'", "appointment_therapist_overlap"),
        ("client_id = %(other)s", "appointment_client_overlap"),
        ('"end" = start', "appointment_(ends|duration)"),
        ("client_id = NULL", "appointment_has_a_client"),
    ],
)
def test_raw_sql_is_refused_likewise(change, constraint):
    first = AppointmentFactory(start=FIRST_SESSION)
    other = AppointmentFactory(start=FIRST_SESSION + HOUR)
    AppointmentFactory(therapist=first.therapist, start=FIRST_SESSION + HOUR)
    sql = f"UPDATE appointments_appointment SET {change} WHERE therapist_id = %(of)s"  # noqa: S608
    values = {"other": other.client_id, "of": first.therapist_id}

    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=constraint):
        cursor.execute(sql, values)
