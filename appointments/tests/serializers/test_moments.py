"""How requests state a moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.tests.factories import NOW, booking_request
from booking.api.fields import MomentField
from booking.tests import refusals
from booking.tests.depth import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_berlin(settings):
    settings.PRACTICE_TIME_ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("start", "stored"),
    [
        ("2030-06-06 12:41", "2030-06-06T10:41:00Z"),
        ("2030-06-06T12:41", "2030-06-06T10:41:00Z"),
        ("2030-06-06T12:41:00", "2030-06-06T10:41:00Z"),
        ("2030-06-06T12:41:00.000", "2030-06-06T10:41:00Z"),
        ("2030-06-06T12:41:00.000Z", "2030-06-06T12:41:00Z"),
        ("2030-06-06T12:41:00.000000000Z", "2030-06-06T12:41:00Z"),
        ("2030-06-06t12:41", "2030-06-06T10:41:00Z"),
        (" 2030-06-06T12:41 ", "2030-06-06T10:41:00Z"),
        ("2030-01-06T12:41", "2030-01-06T11:41:00Z"),
        ("2030-06-06T12:41Z", "2030-06-06T12:41:00Z"),
        ("2030-06-06T12:41z", "2030-06-06T12:41:00Z"),
        ("2030-06-06 12:41:00Z", "2030-06-06T12:41:00Z"),
        ("2030-06-06T12:41+02:00", "2030-06-06T10:41:00Z"),
        ("2030-06-06T12:41-0330", "2030-06-06T16:11:00Z"),
        ("2030-06-06T00:30+14:00", "2030-06-05T10:30:00Z"),
        ("2030-10-27T01:59", "2030-10-26T23:59:00Z"),
        ("2030-10-27T03:00", "2030-10-27T02:00:00Z"),
        ("2030-10-27T02:30+02:00", "2030-10-27T00:30:00Z"),
        ("2030-10-27T02:30+01:00", "2030-10-27T01:30:00Z"),
        ("2030-03-31T01:59", "2030-03-31T00:59:00Z"),
        ("2030-03-31T03:00", "2030-03-31T01:00:00Z"),
        ("2032-02-29T12:00Z", "2032-02-29T12:00:00Z"),
    ],
)
def test_a_moment_is_stored_in_utc(add, therapist, in_berlin, start, stored):
    response = add(UserFactory(), booking_request(therapist, start=start))

    assert response.status_code == 201, response.data
    assert response.json()["start"] == stored
    assert Appointment.objects.get().start == datetime.fromisoformat(stored)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2030-03-31T02:00", "nonexistent_time"),
        ("2030-03-31T02:59", "nonexistent_time"),
        ("2030-10-27T02:00", "ambiguous_time"),
        ("2030-10-27T02:59", "ambiguous_time"),
        ("2030-06-06T12:41:01", "not_whole_minute"),
        ("2030-06-06T12:41:00.5Z", "not_whole_minute"),
        ("2030-06-06T12:41:00.0000001Z", "not_whole_minute"),
        ("2030-06-06", "invalid"),
        ("12:41", "invalid"),
        ("2030-06-06T12", "invalid"),
        ("2030-06-06T1241", "invalid"),
        ("20300606T1241", "invalid"),
        ("2030-W23-4T12:41", "invalid"),
        ("2030-6-6T12:41", "invalid"),
        ("2027-02-29T12:00", "invalid"),
        ("2030-06-31T12:00", "invalid"),
        ("2030-06-06T24:01", "invalid"),
        ("2030-06-06T12:60", "invalid"),
        ("2030-06-06T12:41:60", "invalid"),
        ("2030-06-06T12:41+25:00", "invalid"),
        ("2030-06-06T12:41 Europe/Berlin", "invalid"),
        ("+12030-06-06T12:41", "invalid"),
        ("-2030-06-06T12:41", "invalid"),
        ("0000-06-06T12:41", "invalid"),
        ("\uff12\uff10\uff13\uff10-06-06T12:41", "invalid"),
        ("2030-06-06T12:41\n2", "invalid"),
        ("1907000000", "invalid"),
        ("tomorrow", "invalid"),
        ("0001-01-01T00:00", "out_of_range"),
        ("0001-01-01T00:00+14:00", "out_of_range"),
        ("0001-01-01T00:00Z", "in_the_past"),
        ("9999-12-31T23:59", "out_of_range"),
        ("9999-12-31T23:59Z", "out_of_range"),
        ("9999-12-31T23:59-14:00", "out_of_range"),
        ("2029-12-01T08:00Z", "in_the_past"),
        ("2029-12-01T09:00", "in_the_past"),
        ("2029-11-30T08:00Z", "in_the_past"),
    ],
)
def test_an_invalid_start_is_refused(
    add, therapist, in_berlin, nothing_changes, start, code
):
    client = UserFactory()

    with nothing_changes():
        response = add(client, booking_request(therapist, start=start))

    assert response.status_code == 400
    assert refusals(response) == [("start", code)]


@pytest.mark.parametrize("role", ["client", "therapist", "staff"])
def test_every_role_is_refused_a_start_in_the_past(
    add, therapist, nothing_changes, role
):
    user = therapist.user if role == "therapist" else UserFactory(staff=role == "staff")

    with nothing_changes():
        response = add(user, booking_request(therapist, start=NOW.isoformat()))

    assert response.status_code == 400
    assert refusals(response) == [("start", "in_the_past")]


def test_the_next_minute_can_be_booked(add, therapist):
    start = (NOW + timedelta(minutes=1)).isoformat()

    assert (
        add(UserFactory(), booking_request(therapist, start=start)).status_code == 201
    )


ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "Australia/Lord_Howe",  # changes by half an hour
        "Africa/Casablanca",  # changes around Ramadan
        "Asia/Kathmandu",
    ]
)
LOCAL = st.datetimes(datetime(2026, 1, 1), datetime(2037, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


def find_moments(local, zone):
    """Find every moment at which a clock in the zone shows this local time."""
    offsets = {timedelta(minutes=minutes) for minutes in range(-14 * 60, 14 * 60, 15)}
    moments = {(local - offset).replace(tzinfo=UTC) for offset in offsets}
    return [m for m in moments if m.astimezone(zone).replace(tzinfo=None) == local]


@examples(sample=150, thorough=1000)
@given(local=LOCAL, zone=ZONES)
@example(local=datetime(2030, 3, 31, 2, 30), zone="Europe/Berlin")
@example(local=datetime(2030, 10, 27, 2, 30), zone="Europe/Berlin")
@example(local=datetime(2030, 4, 7, 1, 45), zone="Australia/Lord_Howe")
@example(local=datetime(2030, 10, 6, 2, 15), zone="Australia/Lord_Howe")
def test_a_local_time_is_the_one_moment_at_which_the_clock_shows_it(
    settings, local, zone
):
    settings.PRACTICE_TIME_ZONE = zone
    expected = find_moments(local, ZoneInfo(zone))

    assert (
        read_moment(local.isoformat(timespec="minutes"))
        == {
            0: ["nonexistent_time"],
            1: expected,
            2: ["ambiguous_time"],
        }[len(expected)]
    )


def read_moment(text):
    """Return the moment that the text states, or the codes that refuse it."""
    try:
        return [MomentField().run_validation(text)]
    except ValidationError as refusal:
        return refusal.get_codes()


@examples(sample=150, thorough=1000)
@given(
    text=st.one_of(
        st.text(),
        st.from_regex(
            r"\A[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]"
            r"(:00)?(Z|[+-][01][0-9]:?[0-5][0-9])?\Z"
        ),
    )
)
def test_any_text_is_a_moment_or_refused(in_berlin, text):
    [result] = read_moment(text)

    if isinstance(result, datetime):
        assert result.tzinfo is UTC
        # Before there were time zones, local time differed by odd seconds.
        assert result.second == 0 or result.year < 1972
        assert result.microsecond == 0
