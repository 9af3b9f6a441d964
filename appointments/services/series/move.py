from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from appointments.errors.rules import TooLateToCancel
from appointments.errors.series import NothingToCome
from appointments.reads import log_reads
from appointments.services.cancel import is_late
from appointments.services.change import write
from appointments.services.discretion import limit_client_busy
from appointments.services.series.change import (
    DATES,
    SeriesVersion,
    find_series,
    get_date_parameters,
    list_therapist_ids,
    list_upcoming,
    lock_series,
    read_series,
)
from appointments.services.series.check import (
    check_dates,
    refuse_dates,
    refuse_or_hide_client_busy,
)
from appointments.services.series.occurrences import list_occurrences
from appointments.services.series.plan import SeriesPlan
from appointments.sql import ACTOR
from booking.api.conditional import Precondition
from booking.statements import Statement


class MovedRow(NamedTuple):
    count: int


# The number of a date is its appointment's id. Each keeps the break that it has.
MOVE = Statement(
    "series_move",
    f"""
WITH {ACTOR}, {DATES}, moved AS (
    UPDATE appointments_appointment a
       SET start = requested.start, "end" = requested.start + (a."end" - a.start),
           busy_until = requested.start + (a.busy_until - a.start),
           overridden = requested.overridden, updated_at = %(now)s,
           moved_late = a.moved_late OR a.id = ANY(%(late_ids)s::bigint[])
      FROM requested, actor
     WHERE a.id = requested.number
    RETURNING a.id
), touched AS (
    UPDATE appointments_series
       SET updated_at = %(now)s, start = %(start)s
     WHERE id = %(series_id)s AND EXISTS (SELECT FROM moved)
)
SELECT count(*) FROM moved
""",
    MovedRow,
)


def move_series(
    *,
    user: User,
    id: int,
    precondition: Precondition,
    start: datetime,
    from_: datetime | None = None,
) -> SeriesVersion:
    """Move this date and those that follow, in one step; the first of them to `start`.

    The others keep their weeks after it, at its time on the therapist's clock. `from_` is
    an instant; without it, all that are still to come move. A date that was moved by
    itself stays where it was put. Raises `SeriesRefused` with every date that fails, or
    to a therapist `ClientBusy`, which names none.
    """
    found, role = find_series(user, id)
    therapist_ids = list_therapist_ids(found)
    with (
        limit_client_busy(
            user,
            role,
            therapist_id=found.therapist_id,
            client_id=found.client_id,
            start=start,
            also_lock=therapist_ids,
        ),
        transaction.atomic(),
    ):
        series = lock_series(found, therapist_ids, precondition)
        moving = _list_moving(series, from_)
        plan = _plan_move(user, series, role, moving, start)
        if [date.start for date in plan.dates] != [one.start for one in moving]:
            _move(series, plan, moving)
        else:
            # No history shows that the user got this response.
            log_reads(user, [series.client_id])
        return read_series(id)


def _list_moving(series, from_):
    moving = [one for one in list_upcoming(series, from_) if not one.is_exception]
    if not moving:
        raise NothingToCome
    return moving


def _plan_move(user, series, role, moving, start):
    return SeriesPlan(
        user=user,
        therapist=series.therapist,
        client_id=series.client_id,
        role=role,
        type=series.type,
        duration=series.duration,
        dates=list_occurrences(
            start,
            series.therapist.time_zone,
            every_weeks=series.every_weeks,
            numbers=[appointment.occurrence for appointment in moving],
        ),
        ignored=[appointment.pk for appointment in moving],
    )


def _move(series, plan, moving):
    late = _list_late(plan, moving)
    checked = check_dates(plan)
    if plan.hides_client:
        checked = refuse_or_hide_client_busy(checked)
    if not plan.manages:
        checked = [
            date._replace(refusals=[TooLateToCancel] * (id in late) + date.refusals)
            for date, id in zip(checked, plan.ignored, strict=True)
        ]
    if failing := [date for date in checked if date.refusals]:
        refuse_dates(failing)
    is_whole = moving[0].occurrence == 1
    parameters = get_date_parameters(plan, checked, plan.ignored) | {
        "series_id": series.pk,
        "late_ids": late,
        "start": plan.dates[0].at if is_whole else series.start,
    }
    write(MOVE, parameters)


def _list_late(plan, moving):
    """Return the ids of the dates that move away from within the therapist's notice."""
    now = timezone.now()
    return [
        one.pk
        for one, date in zip(moving, plan.dates, strict=True)
        if date.start != one.start and is_late(now, one.start, one.therapist.notice)
    ]
