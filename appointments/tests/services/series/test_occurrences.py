"""The dates of a series when clocks change."""

from datetime import UTC, datetime

import pytest

from appointments.services.series.occurrences import list_occurrences


def list_starts(zone, start, every_weeks=1, numbers=(1, 2, 3)):
    start = datetime.fromisoformat(start)
    starts = list_occurrences(start, zone, every_weeks=every_weeks, numbers=numbers)
    return [date.start and f"{date.start:%m-%d %H:%M}" for date in starts]


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
            id="clocks go forward half an hour",
        ),
        pytest.param(
            "Europe/London",
            "2030-03-24T01:30+00:00",
            ["03-24 01:30", None, "04-07 00:30"],
            id="a skipped time",
        ),
        pytest.param(
            "Europe/London",
            "2030-10-20T01:30+01:00",
            ["10-20 00:30", "10-27 00:30", "11-03 01:30"],
            id="the first of an ambiguous time",
        ),
        pytest.param(
            "Europe/London",
            "2030-10-27T01:30+00:00",
            ["10-27 01:30", "11-03 01:30", "11-10 01:30"],
            id="the second of an ambiguous time, as the start",
        ),
        pytest.param(
            "Pacific/Chatham",
            "2030-04-01T09:00+13:45",
            ["03-31 19:15", "04-07 20:15", "04-14 20:15"],
            id="on another day in UTC",
        ),
    ],
)
def test_every_date_has_the_local_time_of_the_first(zone, start, expected):
    assert list_starts(zone, start) == expected


def test_dates_are_as_many_weeks_apart_as_their_numbers_say():
    starts = list_starts("UTC", "2030-01-07T09:00+00:00", 2, [2, 3, 6])

    assert starts == ["01-07 09:00", "01-21 09:00", "03-04 09:00"]


def test_a_skipped_date_has_its_local_time_and_no_start():
    start = datetime(2030, 3, 24, 1, 30, tzinfo=UTC)

    _, skipped = list_occurrences(start, "Europe/London", every_weeks=1, numbers=[1, 2])

    assert skipped.local == datetime(2030, 3, 31, 1, 30)
    assert skipped.start is None
