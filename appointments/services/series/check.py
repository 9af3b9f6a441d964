"""Whether each date of a series can be booked, by the rules of any booking."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import APIException

from appointments.availability.rules import (
    BROKEN_RULES,
    CANDIDATE,
    LONGEST_OCCUPIED,
    RULES,
    RULES_BY_CODE,
)
from appointments.errors import ClientBusy, TherapistBusy
from appointments.errors.series import (
    NonexistentTime,
    RefusedDate,
    SeriesRefused,
)
from appointments.models.statuses import Status
from appointments.services.series.plan import SeriesPlan
from appointments.sql import BOOKABLE, EXISTS_NOW, HOLD_EXPIRED
from booking.statements import Statement
from therapists.models import BookingMode

# The refusals that a date can have.
DATE_REFUSALS = (*RULES, TherapistBusy, ClientBusy, NonexistentTime)


class CheckedDate(NamedTuple):
    """An `Occurrence` with its refusals, and the codes of the rules that staff override."""

    occurrence: int
    local: datetime
    at: datetime
    start: datetime | None
    refusals: list[type[APIException]]
    overridden: list[str]


class CheckRow(NamedTuple):
    broken_rules: list[str]
    therapist_busy: bool
    client_busy: bool


# The result is certain while the diaries are locked. Without the locks it may be out of
# date, like a search. The `ignored` appointments are about to move away.
CHECK = Statement(
    "series_check",
    f"""
WITH requested AS MATERIALIZED (
    SELECT start, number
      FROM unnest(%(starts)s::timestamptz[]) WITH ORDINALITY requested (start, number)
), hours AS MATERIALIZED (
    SELECT hours.*
      FROM therapists_therapist t,
           opening_hours(
               CASE WHEN t.booking_mode = '{BookingMode.WORKING_HOURS}' THEN ARRAY[t.id] END,
               (SELECT min(start) FROM requested), (SELECT max(start) FROM requested),
               %(starts)s::timestamptz[]) hours
     WHERE t.id = %(therapist_id)s
), candidate AS MATERIALIZED (
    -- Each requested start, with the opening hours that contain it.
    SELECT {CANDIDATE}, hours.grid_from, hours.closes,
           requested.number, requested.start, %(duration)s::int AS duration,
           requested.start + %(duration)s::int * interval '1 minute' AS "end"
      FROM therapists_therapist t
      LEFT JOIN therapists_offering o ON o.therapist_id = t.id AND o.type = %(type)s
     CROSS JOIN requested
      LEFT JOIN hours
        ON hours.opens <= requested.start AND requested.start < hours.closes
       AND (hours.next_opens IS NULL OR requested.start < hours.next_opens)
     WHERE t.id = %(therapist_id)s
), c AS MATERIALIZED (
    -- An available appointment does not block the date: the series books it.
    -- Not by EXISTS, for which PostgreSQL would hash all bookable appointments.
    SELECT candidate.*, %(takes_available)s AND (
               SELECT a.id FROM appointments_appointment a
                WHERE a.therapist_id = candidate.id AND a.type = %(type)s
                  AND a.start = candidate.start AND a."end" = candidate."end"
                  AND {BOOKABLE} LIMIT 1) IS NOT NULL AS is_bookable
      FROM candidate
)
SELECT CASE WHEN is_bookable THEN '{{}}' ELSE {BROKEN_RULES} END AS broken_rules,
       NOT is_bookable AND EXISTS (
           SELECT FROM appointments_appointment a
            WHERE a.therapist_id = c.id AND a.busy_until > c.start
              AND a.start > c.start - {LONGEST_OCCUPIED}
              AND a.start < c."end" + c.break_minutes * interval '1 minute'
              AND a.status <> '{Status.CANCELLED}' AND a.id <> ALL(%(ignored)s)
              AND {EXISTS_NOW}) AS therapist_busy,
       %(sees_client)s AND EXISTS (
           SELECT FROM appointments_appointment a
            WHERE a.client_id = %(client_id)s AND a."end" > c.start
              AND a.start > c.start - {LONGEST_OCCUPIED} AND a.start < c."end"
              AND a.status <> '{Status.CANCELLED}' AND a.id <> ALL(%(ignored)s)
              AND NOT {HOLD_EXPIRED}) AS client_busy
  FROM c
 ORDER BY number
""",
    CheckRow,
)


def check_dates(plan: SeriesPlan) -> list[CheckedDate]:
    """Check every date by the rules, and by what is in the diaries, in one statement.

    The result holds until another request changes these diaries. A therapist may see it
    only after `refuse_or_hide_client_busy`.
    """
    return _check_dates(plan, sees_client=True)


def preview_dates(plan: SeriesPlan) -> list[CheckedDate]:
    """Check every date as `check_dates` does, and to a therapist show nothing more.

    The client's appointments with others do not count, because a preview costs nothing.
    """
    return _check_dates(plan, sees_client=not plan.hides_client)


def refuse_or_hide_client_busy(
    dates: list[CheckedDate], *, skips: bool = False
) -> list[CheckedDate]:
    """Return the dates without `ClientBusy`, or raise it if nothing else is in the way.

    It has the starts of the dates that would be booked. With `skips`, dates that fail for
    other reasons are not among these; otherwise they refuse the series first.
    """
    hidden = [
        date._replace(refusals=[one for one in date.refusals if one != ClientBusy])
        for date in dates
    ]
    fails = any(date.refusals for date in hidden)
    busy = [
        date.start
        for date, shown in zip(dates, hidden, strict=True)
        if date.refusals and not shown.refusals
    ]
    if busy and (skips or not fails):
        raise ClientBusy(busy)
    return hidden


def _check_dates(plan, *, sees_client):
    existing = [date for date in plan.dates if date.start is not None]
    found = _check(plan, existing, sees_client)
    rows = dict(zip(existing, found, strict=True))
    return [_check_date(date, plan.manages, rows.get(date)) for date in plan.dates]


def _check(plan, dates, sees_client):
    return CHECK.fetch_all(
        therapist_id=plan.therapist.pk,
        client_id=plan.client_id,
        sees_client=sees_client,
        takes_available=plan.takes_available,
        type=plan.type,
        duration=plan.duration,
        starts=[date.start for date in dates],
        ignored=plan.ignored,
        now=timezone.now(),
        practice=settings.PRACTICE_TIME_ZONE,
    )


def _check_date(date, manages, row):
    if row is None:
        return CheckedDate(*date, [NonexistentTime], [])
    refusals = [] if manages else [RULES_BY_CODE[code] for code in row.broken_rules]
    refusals += [TherapistBusy] * row.therapist_busy + [ClientBusy] * row.client_busy
    return CheckedDate(*date, refusals, row.broken_rules if manages else [])


def refuse_dates(failing: Iterable[CheckedDate]) -> None:
    """Raise `SeriesRefused` for the dates that fail, with every reason of each."""
    raise SeriesRefused(
        [
            RefusedDate(date.occurrence, date.start or date.local, date.refusals)
            for date in failing
        ]
    )
