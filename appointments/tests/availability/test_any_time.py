"""Times of day and durations that clients may book of therapists at any time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from appointments.availability.rules import get_candidate
from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    AppointmentFactory,
    booking_request,
)
from appointments.tests.reference.diaries import (
    DAYS,
    EARLIER,
    ZONES,
    rolled_back,
    times,
)
from appointments.tests.reference.slots import is_within_day
from booking.tests import codes
from booking.tests.depth import examples
from therapists.models import BookingMode, Therapist
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

MIDNIGHT = time(0)


@pytest.fixture
def ada():
    """A therapist with the defaults of a new one, but at any time and without notice."""
    return TherapistFactory(
        signs_in=True,
        any_time_from=time(6),
        any_time_until=time(22),
        longest_minutes=120,
    )


@pytest.mark.parametrize(
    ("clock_time", "duration", "refused"),
    [
        pytest.param(time(6), 60, [], id="at the opening"),
        pytest.param(time(5, 59), 60, ["outside_any_time"], id="a minute earlier"),
        pytest.param(time(21), 60, [], id="until the end"),
        pytest.param(time(21, 1), 60, ["outside_any_time"], id="a minute longer"),
        pytest.param(time(3, 7), 60, ["outside_any_time"], id="at night"),
        pytest.param(time(12), 120, [], id="the longest"),
        pytest.param(time(12), 121, ["too_long"], id="longer"),
        pytest.param(
            time(23), 480, ["outside_any_time", "too_long"], id="both, past midnight"
        ),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_clients_book_within_the_day_of_the_therapist_s_clock(
    add, ada, clock_time, duration, refused, zone
):
    Therapist.objects.update(time_zone=zone)
    start = datetime.combine(FIRST_SESSION, clock_time, ZoneInfo(zone))
    request = booking_request(ada, start=start.isoformat(), duration=duration)

    response = add(UserFactory(), request)

    assert response.status_code == (422 if refused else 201)
    assert (codes(response) if refused else []) == refused
    assert Appointment.objects.count() == (0 if refused else 1)


@pytest.mark.parametrize("clock_time", [time(0), time(23), time(23, 30), time(3)])
def test_from_midnight_to_midnight_is_the_whole_day(add, ada, clock_time):
    Therapist.objects.update(any_time_from=MIDNIGHT, any_time_until=MIDNIGHT)
    start = datetime.combine(FIRST_SESSION, clock_time, UTC)

    response = add(UserFactory(), booking_request(ada, start=start.isoformat()))

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("clock_time", "status"), [(time(23), 201), (time(23, 1), 422), (time(0), 422)]
)
def test_a_day_until_midnight_ends_there(add, ada, clock_time, status):
    Therapist.objects.update(any_time_until=MIDNIGHT)
    start = datetime.combine(FIRST_SESSION, clock_time, UTC)

    response = add(UserFactory(), booking_request(ada, start=start.isoformat()))

    assert response.status_code == status


def test_slots_do_not_depend_on_the_day_at_any_time(add, ada):
    Therapist.objects.update(
        booking_mode=BookingMode.WORKING_HOURS, any_time_from=time(20)
    )

    response = add(UserFactory(), booking_request(ada, duration=180))

    assert not {"outside_any_time", "too_long"} & {*codes(response)}


@pytest.mark.parametrize("user", ["therapist", "clerk"])
def test_therapists_and_staff_are_not_bound_and_see_it(add, ada, clerk, user):
    night = datetime.combine(FIRST_SESSION, time(3), UTC).isoformat()
    request = booking_request(ada, start=night, duration=180)

    response = add(clerk if user == "clerk" else ada.user, request)

    assert response.status_code == 201
    assert response.json()["overridden"] == ["outside_any_time", "too_long"]


def test_a_move_is_bound_too(api, ada):
    appointment = AppointmentFactory(therapist=ada, start=FIRST_SESSION)
    night = datetime.combine(FIRST_SESSION, time(3), UTC).isoformat()
    url = f"/api/v1/appointments/{appointment.pk}/move"

    response = api(appointment.client).post(url, {"start": night})

    assert (response.status_code, codes(response)) == (422, ["outside_any_time"])
    appointment.refresh_from_db()
    assert appointment.start == FIRST_SESSION


def test_each_date_of_a_series_is_bound(api, ada):
    night = datetime.combine(FIRST_SESSION, time(3), UTC).isoformat()
    request = booking_request(ada, start=night) | {"every_weeks": 1, "count": 2}

    response = api(UserFactory()).post("/api/v1/series", request)

    assert response.status_code == 422
    dates = response.json()["dates"]
    assert [[e["code"] for e in date["errors"]] for date in dates] == [
        ["outside_any_time"]
    ] * 2


@examples(sample=150, thorough=2000)
@given(
    # On the Azores, midnight comes twice.
    zone=st.sampled_from([*ZONES, "Atlantic/Azores"]),
    day=st.sampled_from(DAYS),
    opens=times,
    closes=times,
    start=st.integers(-3 * 24 * 4, 3 * 24 * 4),
    duration=st.sampled_from([5, 15, 60, 90]),
)
def test_the_day_is_exact_around_changes_of_the_clock(
    clock, zone, day, opens, closes, start, duration
):
    clock.move_to(EARLIER)
    if closes <= opens:
        closes = MIDNIGHT
    moment = datetime.combine(day, MIDNIGHT, UTC) + start * timedelta(minutes=15)

    with rolled_back():
        therapist = TherapistFactory(
            time_zone=zone, any_time_from=opens, any_time_until=closes
        )
        candidate = get_candidate(
            therapist_id=therapist.pk, type="one-off", start=moment, duration=duration
        )

    is_open = is_within_day(moment, duration, zone, opens, closes)
    assert candidate.broken_rules == ([] if is_open else ["outside_any_time"])
