from typing import NamedTuple

from django.db import transaction

from appointments.models.statuses import Status
from appointments.services.change import write
from appointments.services.discretion import limit_client_busy
from appointments.services.limits import refuse_series_beyond
from appointments.services.series.change import (
    DATES,
    SeriesVersion,
    get_date_parameters,
    lock_and_release_holds,
    read_series,
)
from appointments.services.series.check import (
    CheckedDate,
    check_dates,
    refuse_dates,
    refuse_or_hide_client_busy,
)
from appointments.services.series.plan import SeriesPlan
from appointments.sql import ACTOR
from booking.statements import Statement


class BookedRow(NamedTuple):
    id: int


# The number of a date is its place in the series.
BOOK = Statement(
    "series_book",
    f"""
WITH {ACTOR}, {DATES}, added_series AS (
    INSERT INTO appointments_series
           (therapist_id, client_id, type, start, duration, every_weeks, count,
            created_at, updated_at)
    SELECT %(therapist_id)s, %(client_id)s, %(type)s, %(start)s, %(duration)s,
           %(every_weeks)s, %(count)s, %(now)s, %(now)s
      FROM actor
    RETURNING id
), taken AS (
    -- Available appointments that equal one of the dates.
    UPDATE appointments_appointment a
       SET status = '{Status.BOOKED}', client_id = %(client_id)s, updated_at = %(now)s,
           series_id = added_series.id, occurrence = requested.number
      FROM added_series, requested
     WHERE %(takes_available)s AND a.therapist_id = %(therapist_id)s
       AND a.start = requested.start AND a.type = %(type)s
       AND a.status = '{Status.AVAILABLE}'
       AND a."end" = requested.start + %(duration)s::int * interval '1 minute'
    RETURNING a.start
), added AS (
    INSERT INTO appointments_appointment
           (therapist_id, client_id, type, status, start, "end", busy_until,
            series_id, occurrence, overridden, created_at, updated_at)
    SELECT t.id, %(client_id)s, %(type)s, '{Status.BOOKED}', requested.start, period.ends,
           period.ends + t.break_minutes * interval '1 minute',
           added_series.id, requested.number, requested.overridden, %(now)s, %(now)s
      FROM added_series, therapists_therapist t, requested,
           LATERAL (SELECT requested.start + %(duration)s::int * interval '1 minute')
               period (ends)
     WHERE t.id = %(therapist_id)s
       AND requested.start NOT IN (SELECT start FROM taken)
)
SELECT id FROM added_series
""",
    BookedRow,
)


def book_series(
    plan: SeriesPlan, *, every_weeks: int, skips: bool
) -> tuple[SeriesVersion, list[CheckedDate]]:
    """Book all dates, or, if it `skips`, those that can be; return what became of each.

    Raises `SeriesRefused` with every date that fails and why, if any does, or, if it
    skips, if all do, and then `RulesRefuse` if the client may not have so much ahead. To
    a therapist, `ClientBusy` refuses the whole series.
    """
    with (
        limit_client_busy(
            plan.user,
            plan.role,
            therapist_id=plan.therapist.pk,
            client_id=plan.client_id,
            start=plan.dates[0].at,
        ),
        transaction.atomic(),
    ):
        lock_and_release_holds([plan.therapist.pk], plan.client_id)
        checked = check_dates(plan)
        if plan.hides_client:
            checked = refuse_or_hide_client_busy(checked, skips=skips)
        booked = [date for date in checked if not date.refusals]
        if not booked or (len(booked) < len(checked) and not skips):
            refuse_dates(date for date in checked if date.refusals)
        if not plan.manages:
            refuse_series_beyond(plan.client_id, added=len(booked))
        return read_series(_write(plan, booked, every_weeks)), checked


def _write(plan, booked, every_weeks):
    dates = get_date_parameters(plan, booked, [date.occurrence for date in booked])
    parameters = dates | {
        "type": plan.type,
        "duration": plan.duration,
        "takes_available": plan.takes_available,
        "start": plan.dates[0].at,
        "every_weeks": every_weeks,
        "count": len(plan.dates),
    }
    return write(BOOK, parameters).id
