"""The slots of a diary in slow, obvious Python, to compare the search with.

It shares no code with the search: an edge of working hours is found by looking at the
clock minute by minute. Simplified: one therapist with one offering, who publishes
nothing; appointments are periods, of which only the end with the break matters.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A row of working hours."""

    weekday: int
    start: time
    end: time
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass
class Diary:
    zone: str = "UTC"
    hours: list[Window] = field(default_factory=list)
    duration: int = 60
    break_minutes: int = 0
    step: int = 30
    notice_hours: int = 0
    horizon_days: int = 3650
    absences: list[tuple[datetime, datetime]] = field(default_factory=list)
    closures: list[tuple[date, date]] = field(default_factory=list)
    appointments: list[tuple[datetime, datetime]] = field(default_factory=list)

    def list_slots(self, first: date, last: date, now: datetime, practice: str):
        """Every bookable start on these days of the practice, in order."""
        since = get_instant(first, time(), practice)
        until = get_instant(last + DAY, time(), practice)
        return sorted(
            start
            for opening in self._list_openings(since.date(), until.date())
            for start in opening.list_starts(self.step)
            if since <= start < until and self._fits(start, opening, now, practice)
        )

    def _fits(self, start, opening, now, practice):
        end = start + timedelta(minutes=self.duration)
        return end <= opening.closes and self.is_free(start, now, practice)

    def is_free(self, start, now, practice):
        """Tell whether the start can be booked as far as the hours do not matter."""
        end = start + timedelta(minutes=self.duration)
        free_again = end + timedelta(minutes=self.break_minutes)
        closures = [
            (
                get_instant(first, time(), practice),
                get_instant(last + DAY, time(), practice),
            )
            for first, last in self.closures
        ]
        return (
            start > now + timedelta(hours=self.notice_hours)
            and start <= now + timedelta(hours=24 * self.horizon_days)
            and not any(
                since < free_again and until > start
                for since, until in [*self.absences, *closures, *self.appointments]
            )
        )

    def _list_openings(self, first, last):
        # More days before than the search looks at, to find the start of a long run.
        periods = sorted(self._list_periods(first - 16 * DAY, last + 2 * DAY))
        runs = []
        for period in periods:
            if runs and period.start <= max(other.end for other in runs[-1]):
                runs[-1].append(period)
            else:
                runs.append([period])
        for run in runs:
            yield from _split_by_grid(run)

    def _list_periods(self, first, last):
        """Each window on each of its days; a gap in the clock may leave nothing of it."""
        for number in range((last - first).days + 1):
            day = first + number * DAY
            for window in self.hours:
                if window.weekday == day.isoweekday() and (
                    window.valid_from or day
                ) <= day <= (window.valid_until or day):
                    ends_on = day + DAY if window.end <= window.start else day
                    start = get_instant(day, window.start, self.zone)
                    end = get_instant(ends_on, window.end, self.zone, is_end=True)
                    if start < end:
                        yield _Period(start, end, window.weekday)


@dataclass(frozen=True, order=True)
class _Period:
    start: datetime
    end: datetime
    weekday: int


@dataclass
class _Opening:
    """A part of a run with one grid of starts, as the rows of `opening_hours`."""

    grid_from: datetime
    opens: datetime
    closes: datetime
    next_opens: datetime | None = None

    def list_starts(self, step):
        start = self.grid_from
        while start < (self.next_opens or self.closes):
            if start >= self.opens:
                yield start
            start += timedelta(minutes=step)


def _split_by_grid(run):
    """From a week after its start, a run counts from its last Monday's hours."""
    closes = max(period.end for period in run)
    grid_from = monday = None
    openings = []
    for period in run:
        if period.weekday == 1:
            monday = period.start
        is_old = period.start - run[0].start >= 7 * DAY
        origin = monday if is_old and monday else run[0].start
        if origin != grid_from:
            grid_from = origin
            openings.append(_Opening(origin, period.start, closes))
    for opening, following in pairwise(openings):
        opening.next_opens = following.opens
    return openings


@cache
def get_instant(day, local, zone, is_end=False):
    """The instant at which the clock shows this; in a gap, the end of the gap.

    Of the two instants in a fold, it is the first, or the second as an end.
    """
    wall_time = datetime.combine(day, local)
    guess = wall_time.replace(tzinfo=UTC)
    guess -= guess.astimezone(ZoneInfo(zone)).utcoffset()
    clock = {}
    for number in range(-200, 201):
        minute = guess + number * MINUTE
        clock[minute] = minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if matches := [minute for minute in clock if clock[minute] == wall_time]:
        return matches[-1 if is_end else 0]
    return next(minute for minute in clock if clock[minute] > wall_time)


def is_within_day(start, duration, zone, opens, closes):
    """Tell whether a client may book this of a therapist at any time."""
    if opens == closes == time():
        return True
    day = start.astimezone(ZoneInfo(zone)).date()
    last_day = day + DAY if closes == time() else day
    return get_instant(day, opens, zone) <= start and start + timedelta(
        minutes=duration
    ) <= get_instant(last_day, closes, zone, is_end=closes != time())
