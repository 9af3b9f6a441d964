"""The dates of a series: one local time, every so many weeks."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Occurrence(NamedTuple):
    """One date of a series; `start` is None where the local clock skips its time.

    `local` is what the therapist's clock shows, and `at` the moment nearest to that.
    """

    occurrence: int
    local: datetime
    at: datetime
    start: datetime | None


def list_occurrences(
    start: datetime, zone: str, *, every_weeks: int, numbers: Iterable[int]
) -> list[Occurrence]:
    """Return the dates at the same time on the clock of the zone (tz database) as `start`.

    `start` is aware, and the first of the occurrences. The others follow as many weeks
    later as their numbers say. Moments are in UTC. A time that occurs twice, as the clocks
    go back, means the first of the two; `start` is taken as it is.
    """
    numbers = list(numbers)
    clock = ZoneInfo(zone)
    first = start.astimezone(clock)
    planned = []
    for number in numbers:
        weeks = (number - numbers[0]) * every_weeks
        local = first.replace(tzinfo=None) + timedelta(weeks=weeks)
        planned.append(_date(number, local, clock, first.fold if weeks == 0 else 0))
    return planned


def _date(number, local, clock, fold):
    at = local.replace(tzinfo=clock, fold=fold).astimezone(UTC)
    on_clock = at.astimezone(clock).replace(tzinfo=None)
    return Occurrence(number, local, at, at if on_clock == local else None)
