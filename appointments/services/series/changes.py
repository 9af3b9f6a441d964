"""Series: the same local time every so many weeks, booked, moved and cancelled as one.

Each operation is one transaction with a fixed number of statements, whatever the number
of dates. It locks the diaries before it looks, so what it found free it gets.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.numeric import Int8
from rest_framework.exceptions import NotFound

from accounts.models import User
from appointments.errors import (
    NothingToCome,
    SeriesRefused,
    TooLateToCancel,
)
from appointments.models import Appointment, Series
from appointments.models.statuses import Role, Status
from appointments.services import add as services
from appointments.services import holds
from appointments.services.change import party
from appointments.services.series.check import Judged, Wanted, judged, refuse
from appointments.services.series.occurrences import dates
from appointments.services.statements import series as statements
from booking import audit
from booking.api.conditional import Precondition


class Version(NamedTuple):
    """A series as an operation left it, and what the ETag of just that is made of."""

    series: Series
    etag: str


def book(
    wish: Wanted, *, every_weeks: int, skips: bool
) -> tuple[Version, list[Judged]]:
    """Book all dates, or, if it `skips`, those that can be; return what became of each.

    Raises `SeriesRefused` with every date that fails and why, if any does, or, if it
    skips, if all do.
    """
    with transaction.atomic():
        _lock([wish.therapist.pk], wish.client_id)
        found = judged(wish)
        failing = [date for date in found if date.codes]
        if failing and (not skips or len(failing) == len(found)):
            refuse(failing)
        booked = [date for date in found if not date.codes]
        values = _values(wish, booked, [date.occurrence for date in booked])
        [id] = services.run(
            statements.BOOK,
            values
            | {
                "start": wish.dates[0].at,
                "every_weeks": every_weeks,
                "count": len(wish.dates),
            },
        )
        return _left(id), found


def move(
    *,
    user: User,
    id: int,
    wanted: Precondition,
    start: datetime,
    from_: datetime | None = None,
) -> Version:
    """Move this date and those that follow, in one step; the first of them to `start`.

    The others keep their weeks after it, at its time on the therapist's clock. `from_` is
    an instant; without it, all that are still to come move. What was moved by itself
    stays where it was put. Raises `SeriesRefused` with every date that cannot be.
    """
    with transaction.atomic():
        series, side = _held(user, id, wanted)
        moving = [one for one in _to_come(series, from_) if not one.is_exception]
        if not moving:
            raise NothingToCome
        planned = dates(
            start,
            series.therapist.time_zone,
            every_weeks=series.every_weeks,
            occurrences=[one.occurrence for one in moving],
        )
        if [date.start for date in planned] != [one.start for one in moving]:
            _move(user, series, side, moving, planned)
        return _left(id)


def _move(user, series, side, moving, planned):
    wish = Wanted(
        user=user,
        therapist=series.therapist,
        client_id=series.client_id,
        manages=side != Role.CLIENT,
        type=series.type,
        duration=series.duration,
        dates=planned,
        ignored=[one.pk for one in moving],
    )
    found = judged(wish)
    if failing := [date for date in found if date.codes]:
        refuse(failing)
    is_whole = moving[0].occurrence == 1
    values = _values(wish, found, [one.pk for one in moving]) | {
        "series_id": Int8(series.pk),
        "start": planned[0].at if is_whole else series.start,
    }
    services.run(statements.MOVE, values)


def cancel(
    *,
    user: User,
    id: int,
    wanted: Precondition,
    from_: datetime | None = None,
    reason: str = "",
) -> Version:
    """Cancel this date and those that follow; without `from_`, all that are to come.

    All of them or none: for a client, a date within the therapist's notice refuses
    (`SeriesRefused`, with `too_late_to_cancel`).
    """
    with transaction.atomic():
        series, side = _held(user, id, wanted)
        cancelled = _to_come(series, from_)
        if side == Role.THERAPIST and not user.is_staff:
            # What was moved to a colleague is in the colleague's diary.
            own = series.therapist_id
            cancelled = [one for one in cancelled if one.therapist_id == own]
        if not cancelled:
            raise NothingToCome
        now = timezone.now()
        late = [one for one in cancelled if now > one.start - one.therapist.notice]
        if late and side == Role.CLIENT:
            raise SeriesRefused(
                [(one.occurrence, one.start, [TooLateToCancel]) for one in late]
            )
        values = _people(user, series.therapist_id, series.client_id) | {
            "series_id": Int8(series.pk),
            "ids": [one.pk for one in cancelled],
            "cancelled_by": side,
            "reason": reason,
        }
        services.run(statements.CANCEL, values)
        return _left(id)


def _left(id):
    """Read it while nobody else can change it: what an answer tells is one version."""
    return Version(Series.objects.with_details().get(pk=id), version(id))


def version(id: int) -> str:
    """Return what the ETag of the series is made of."""
    with connection.cursor() as cursor:
        cursor.execute(statements.VERSION, {"id": Int8(id)})
        return cursor.fetchone()[0]


def _held(user: User, id: int, wanted: Precondition) -> tuple[Series, Role]:
    """Keep everybody else from the series until the end of the transaction."""
    found = Series.objects.visible_to(user)
    series = found.filter(pk=id).values("therapist_id", "client_id").first()
    if series is None:
        raise NotFound
    # Some of its dates may have been moved to colleagues.
    colleagues = Appointment.objects.filter(series=id).values_list("therapist_id")
    therapist_ids = {series["therapist_id"], *(pk for (pk,) in colleagues)}
    _lock(therapist_ids, series["client_id"])
    series = found.select_related("therapist").get(pk=id)
    # Of operations on one appointment, some take only its row.
    list(series.appointments.order_by("pk").select_for_update(no_key=True))
    wanted.check(version(id))
    return series, party(user, series.therapist.user_id)


def _to_come(series, from_):
    now = timezone.now()
    booked = series.appointments.filter(status=Status.BOOKED, start__gt=now)
    following = booked.filter(start__gte=from_ or now).order_by("occurrence")
    return list(following.select_related("therapist"))


def _lock(therapist_ids, client_id):
    services.lock_diaries(therapist_ids=therapist_ids, client_ids=[client_id])
    holds.release_lapsed((list(therapist_ids), [client_id]))


def _people(user, therapist_id, client_id) -> dict[str, Any]:
    return audit.actor_parameters(user) | {
        "therapist_id": Int8(therapist_id),
        "client_id": Int8(client_id),
        "now": timezone.now(),
        "practice": settings.PRACTICE_TIME_ZONE,
    }


def _values(wish, booked, numbers):
    dates = [
        {
            "start": date.start.isoformat(),
            "number": number,
            "overridden": date.overridden,
        }
        for date, number in zip(booked, numbers, strict=True)
    ]
    return _people(wish.user, wish.therapist.pk, wish.client_id) | {
        "manages": wish.manages,
        "type": wish.type,
        "duration": wish.duration,
        "wished": json.dumps(dates),
    }
