"""The rules of a diary in slow, obvious Python, to compare the product with.

Shares no code with it: an edge is found by looking at the clock minute by minute.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    weekday: int
    start: time
    end: time
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass
class Diary:
    zone: str = "UTC"
    hours: list[Hours] = field(default_factory=list)
    duration: int = 60
    break_minutes: int = 0
    step: int = 30
    notice_hours: int = 0
    horizon_days: int = 3650
    absences: list[tuple[datetime, datetime]] = field(default_factory=list)
    closures: list[tuple[date, date]] = field(default_factory=list)
    taken: list[tuple[datetime, datetime]] = field(default_factory=list)

    def slots(self, first: date, last: date, now: datetime, practice: str):
        """Every bookable start on these days of the practice, in order."""
        begin, end = _edge(first, time(), practice), _edge(last + DAY, time(), practice)
        starts = []
        for stretch in self._stretches(begin.date(), end.date()):
            start = stretch.origin
            while start < stretch.until:
                if begin <= start < end and self._fits(start, stretch, now, practice):
                    starts.append(start)
                start += timedelta(minutes=self.step)
        return sorted(starts)

    def _fits(self, start, stretch, now, practice):
        over = start + timedelta(minutes=self.duration)
        free_again = over + timedelta(minutes=self.break_minutes)
        closed = [
            (_edge(a, time(), practice), _edge(b + DAY, time(), practice))
            for a, b in self.closures
        ]
        return (
            over <= stretch.closes
            and start > now + timedelta(hours=self.notice_hours)
            and start <= now + timedelta(hours=24 * self.horizon_days)
            and not any(
                a < free_again and b > start
                for a, b in [*self.absences, *closed, *self.taken]
            )
        )

    def _stretches(self, first, last):
        """The open stretches, each with the origin of its grid."""
        windows = sorted(self._windows(first - 16 * DAY, last + 2 * DAY))
        chains = []
        for window in windows:
            if chains and window[0] <= max(end for _, end, _ in chains[-1]):
                chains[-1].append(window)
            else:
                chains.append([window])
        for chain in chains:
            yield from _grids(chain)

    def _windows(self, first, last):
        for n in range((last - first).days + 1):
            day = first + n * DAY
            for hours in self.hours:
                if hours.weekday == day.isoweekday() and (
                    hours.valid_from or day
                ) <= day <= (hours.valid_until or day):
                    overnight = hours.end <= hours.start
                    start = _edge(day, hours.start, self.zone)
                    end = _edge(day + overnight * DAY, hours.end, self.zone, last=True)
                    if start < end:
                        yield start, end, hours.weekday


@dataclass
class _Stretch:
    origin: datetime
    until: datetime
    closes: datetime


def _grids(chain):
    """One grid, unless the chain is older than a week: then one from each Monday."""
    origin, closes = chain[0][0], max(end for _, end, _ in chain)
    origins = [origin]
    for start, _, weekday in chain:
        if weekday == 1 and start - origin >= 7 * DAY:
            origins.append(start)
    for one, following in zip(origins, [*origins[1:], closes], strict=True):
        yield _Stretch(one, following, closes)


@cache
def _edge(day, local, zone, last=False):
    """The instant at which the clock shows this; after a gap, the end of the gap."""
    wanted = datetime.combine(day, local)
    guess = wanted.replace(tzinfo=UTC)
    guess -= guess.astimezone(ZoneInfo(zone)).utcoffset()
    minutes = [guess + n * MINUTE for n in range(-200, 201)]
    shown = [
        minute
        for minute in minutes
        if minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wanted
    ]
    if shown:
        return shown[-1 if last else 0]
    return next(
        minute
        for minute in minutes
        if minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) > wanted
    )
