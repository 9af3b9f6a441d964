"""The appointments of a practice, computed row by row."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from benchmarks.dataset import CLIENTS, FIRST_CLIENT

BLOCKS_PER_DAY = 3
BLOCKS_PER_YEAR = 1_000
# No practice holds so long, but the dataset stays in use for days.
HOLD = timedelta(days=30)

# Of ten appointments in a row.
PAST_STATUSES = ["completed"] * 6 + ["no_show", "cancelled", "booked", "available"]
FUTURE_STATUSES = ["booked"] * 5 + ["available"] * 3 + ["held", "cancelled"]


class Row(NamedTuple):
    therapist_id: int
    client_id: int | None
    type: str
    status: str
    start: datetime
    end: datetime
    busy_until: datetime
    was_published: bool
    hold_expires_at: datetime | None
    cancelled_by: str
    cancelled_at: datetime | None
    concluded_at: datetime | None
    overridden: list
    created_at: datetime
    updated_at: datetime


def generate_rows(appointments: int, therapists: int, now: datetime) -> Iterator[Row]:
    """Yield the appointments by day, half of them in the past.

    A day has blocks of three hours. In one block a therapist has at most one appointment
    and all clients differ, so nothing overlaps.
    """
    blocks = appointments // therapists
    # Fewer appointments leave out days; the year stays as long.
    step = max(1, BLOCKS_PER_YEAR // blocks)
    today = datetime.combine(now.date(), time(8), UTC)
    for block in range(blocks):
        day, number_of_day = divmod(block * step, BLOCKS_PER_DAY)
        day -= blocks * step // BLOCKS_PER_DAY // 2
        begin = today + timedelta(days=day, hours=3 * number_of_day)
        for therapist in range(1, therapists + 1):
            yield _create_row(block, therapist, begin, now)


def _create_row(block, therapist, begin, now):
    number = block * 13 + therapist * 7
    start = begin + timedelta(minutes=therapist % 6 * 15)
    end = start + timedelta(minutes=(30, 45, 60, 90)[number % 4])
    statuses = FUTURE_STATUSES if start > now else PAST_STATUSES
    status = statuses[number // 4 % 10]
    # 7 and the number of clients have no common divisor.
    client = FIRST_CLIENT + (therapist * 7 + block * 1_009) % CLIENTS
    created_at = start - timedelta(days=30)
    is_cancelled = status == "cancelled"
    return Row(
        therapist_id=therapist,
        client_id=None if status == "available" else client,
        type=("one-off", "consultation")[number // 40 % 2],
        status=status,
        start=start,
        end=end,
        busy_until=end + timedelta(minutes=therapist % 3 * 5),
        was_published=status == "available" or (status == "held" and number % 2 == 0),
        hold_expires_at=now + HOLD if status == "held" else None,
        cancelled_by="client" if is_cancelled else "",
        cancelled_at=created_at if is_cancelled else None,
        concluded_at=end if status in ("completed", "no_show") else None,
        overridden=[],
        created_at=created_at,
        updated_at=created_at,
    )
