from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from appointments.errors.rules import TooLateToCancel
from appointments.errors.series import (
    NothingToCome,
    RefusedDate,
    SeriesRefused,
)
from appointments.models.statuses import Right, Role, Status
from appointments.services.cancel import is_late
from appointments.services.change import write
from appointments.services.series.change import (
    SeriesVersion,
    find_series,
    get_people_parameters,
    list_therapist_ids,
    list_upcoming,
    lock_series,
    read_series,
)
from appointments.sql import ACTOR, PUBLISHED_AGAIN
from booking.api.conditional import Precondition
from booking.statements import Statement


class CancelledRow(NamedTuple):
    count: int


CANCEL = Statement(
    "series_cancel",
    f"""
WITH {ACTOR}, changed AS (
    UPDATE appointments_appointment a
       SET status = '{Status.CANCELLED}', cancelled_by = %(role)s, cancelled_at = %(now)s,
           cancellation_reason = %(reason)s, updated_at = %(now)s,
           cancelled_late = a.id = ANY(%(late_ids)s::bigint[])
      FROM actor
     WHERE a.id = ANY(%(ids)s::bigint[])
    RETURNING a.*
), {PUBLISHED_AGAIN}, touched AS (
    UPDATE appointments_series
       SET updated_at = %(now)s
     WHERE id = %(series_id)s AND EXISTS (SELECT FROM changed)
)
SELECT count(*) FROM changed
""",
    CancelledRow,
)


def cancel_series(
    *,
    user: User,
    id: int,
    precondition: Precondition,
    from_: datetime | None = None,
    reason: str = "",
) -> SeriesVersion:
    """Cancel this date and those that follow; without `from_`, all that are to come.

    All of them or none: for a client, a date within the therapist's notice refuses
    (`SeriesRefused`, with `too_late_to_cancel`).
    """
    found, role = find_series(user, id)
    with transaction.atomic():
        series = lock_series(found, list_therapist_ids(found), precondition)
        cancelled = _list_cancelled(user, role, series, from_)
        now = timezone.now()
        late = [
            one for one in cancelled if is_late(now, one.start, one.therapist.notice)
        ]
        if late and role == Role.CLIENT:
            _refuse_late(late)
        people = get_people_parameters(user, series.therapist_id, series.client_id)
        parameters = people | {
            "series_id": series.pk,
            "ids": [one.pk for one in cancelled],
            # Moving a date away does not end a lateness that had begun.
            "late_ids": [one.pk for one in cancelled if one in late or one.moved_late],
            "role": role,
            "reason": reason,
            "publishes_again": True,
        }
        write(CANCEL, parameters)
        return read_series(id)


def _list_cancelled(user, role, series, from_):
    cancelled = list_upcoming(series, from_)
    if role == Role.THERAPIST and not user.has_right(Right.CHANGE_SERIES):
        # A date that was moved to a colleague is in the colleague's diary.
        own = series.therapist_id
        cancelled = [one for one in cancelled if one.therapist_id == own]
    if not cancelled:
        raise NothingToCome
    return cancelled


def _refuse_late(late):
    raise SeriesRefused(
        [RefusedDate(one.occurrence, one.start, [TooLateToCancel]) for one in late]
    )
