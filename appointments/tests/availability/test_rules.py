"""The rules, checked for a candidate without a request; the services test them by HTTP."""

from datetime import timedelta

import pytest
from django.db import connection

from appointments.availability.rules import OPENING_HOURS, get_candidate
from appointments.tests.availability.openings import MONDAY, open_on
from therapists.models import BookingMode
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db

TEN = MONDAY + timedelta(hours=10)


@pytest.fixture(params=BookingMode)
def therapist(request):
    """A therapist of each mode, with the same hours: Mondays from 9 to 17."""
    therapist = TherapistFactory(booking_mode=request.param)
    OfferingFactory(therapist=therapist)
    open_on(therapist, 1, "09:00-17:00")
    return therapist


@pytest.mark.parametrize(
    ("start", "rules"),
    [
        pytest.param(TEN, [], id="a slot"),
        pytest.param(TEN + timedelta(minutes=7), ["off_grid"], id="off the grid"),
        pytest.param(
            TEN + timedelta(hours=6, minutes=30),
            ["outside_working_hours"],
            id="longer than the hours",
        ),
        pytest.param(
            TEN + timedelta(hours=10), ["outside_working_hours"], id="in the evening"
        ),
    ],
)
def test_hours_and_grid_bind_only_therapists_with_slots(therapist, start, rules):
    candidate = get_candidate(
        therapist_id=therapist.pk, type="one-off", start=start, duration=60
    )

    has_slots = therapist.booking_mode == BookingMode.WORKING_HOURS
    assert candidate.broken_rules == (rules if has_slots else [])


def test_opening_hours_are_not_computed_for_therapists_without_slots(therapist):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hours.opens FROM therapists_therapist t "  # noqa: S608
            f"LEFT JOIN {OPENING_HOURS} WHERE t.id = %(id)s",
            {"id": therapist.pk, "start": TEN},
        )
        [(opens,)] = cursor.fetchall()

    has_slots = therapist.booking_mode == BookingMode.WORKING_HOURS
    assert (opens is not None) == has_slots
