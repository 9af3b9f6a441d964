"""The dates of a series on clocks that change."""

from datetime import UTC, datetime

import pytest

from appointments.services.series.occurrences import list_occurrences


def planned(zone, start, every_weeks=1, numbers=(1, 2, 3)):
    start = datetime.fromisoformat(start)
    found = list_occurrences(start, zone, every_weeks=every_weeks, numbers=numbers)
    return [date.start and f"{date.start:%m-%d %H:%M}" for date in found]


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        pytest.param(
            "Europe/London",
            "2030-03-24T09:00+00:00",
            ["03-24 09:00", "03-31 08:00", "04-07 08:00"],
            id="clocks go forward",
        ),
        pytest.param(
            "America/New_York",
            "2030-10-27T09:00-04:00",
            ["10-27 13:00", "11-03 14:00", "11-10 14:00"],
            id="clocks go back",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2030-09-29T09:00+10:30",
            ["09-28 22:30", "10-05 22:00", "10-12 22:00"],
            id="by half an hour",
        ),
        pytest.param(
            "Europe/London",
            "2030-03-24T01:30+00:00",
            ["03-24 01:30", None, "04-07 00:30"],
            id="a time that is skipped",
        ),
        pytest.param(
            "Europe/London",
            "2030-10-20T01:30+01:00",
            ["10-20 00:30", "10-27 00:30", "11-03 01:30"],
            id="a time that occurs twice: the first",
        ),
        pytest.param(
            "Europe/London",
            "2030-10-27T01:30+00:00",
            ["10-27 01:30", "11-03 01:30", "11-10 01:30"],
            id="the start is what it is, the second of two",
        ),
        pytest.param(
            "Pacific/Chatham",
            "2030-04-01T09:00+13:45",
            ["03-31 19:15", "04-07 20:15", "04-14 20:15"],
            id="in the south, on another day of UTC",
        ),
    ],
)
def test_every_date_has_the_time_of_the_first(zone, start, expected):
    assert planned(zone, start) == expected


def test_dates_keep_the_weeks_between_their_places():
    found = planned("UTC", "2030-01-07T09:00+00:00", 2, [2, 3, 6])

    assert found == ["01-07 09:00", "01-21 09:00", "03-04 09:00"]


def test_a_skipped_time_is_told_as_the_clock_would_show_it():
    start = datetime(2030, 3, 24, 1, 30, tzinfo=UTC)

    _, skipped = list_occurrences(start, "Europe/London", every_weeks=1, numbers=[1, 2])

    assert skipped.local == datetime(2030, 3, 31, 1, 30)
    assert skipped.start is None
