"""The steps that booking, moving and cancelling a series share.

Each operation is one transaction with a fixed number of statements, whatever the number
of dates. It locks the diaries before it looks, so a time that it found free
stays free until the commit.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from rest_framework.exceptions import NotFound

from accounts.models import User
from appointments.models import Appointment, Series
from appointments.models.statuses import Right, Role, Status
from appointments.services import holds
from appointments.services.locks import lock_diaries
from appointments.services.participants import get_actor_parameters, get_managing_role
from appointments.services.series.check import CheckedDate
from appointments.services.series.plan import SeriesPlan
from booking.api.conditional import Precondition
from booking.statements import Statement


class SeriesVersion(NamedTuple):
    """A series as an operation left it, and the version from which its ETag is made."""

    series: Series
    etag_version: str


class VersionRow(NamedTuple):
    version: str | None


VERSION = Statement(
    "series_version",
    """
-- The version changes when the series or one of its appointments changes.
SELECT md5(string_agg(id || ' ' || version, ',' ORDER BY id)) AS version
  FROM (SELECT 0 AS id, xmin::text AS version
          FROM appointments_series WHERE id = %(id)s
        UNION ALL
        SELECT id, xmin::text
          FROM appointments_appointment WHERE series_id = %(id)s) part
""",
    VersionRow,
)
# The dates to write, as a relation. `number` identifies the appointment of each.
DATES = """requested AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(dates)s::jsonb)
        AS requested (start timestamptz, number bigint, overridden text[])
)"""


def get_version(id: int) -> str | None:
    """Return the version from which the ETag of the series is made."""
    return VERSION.fetch_one(id=id).version


def read_series(id: int) -> SeriesVersion:
    """Return the series and its version; the caller holds its locks, so both agree."""
    return SeriesVersion(Series.objects.with_details().get(pk=id), get_version(id))


def lock_and_release_holds(therapist_ids: Collection[int], client_id: int) -> None:
    """Lock these diaries, and release the expired holds in them."""
    lock_diaries(therapist_ids=therapist_ids, client_ids=[client_id])
    people = {"therapist_ids": list(therapist_ids), "client_ids": [client_id]}
    # Mostly there are none, and to ask is cheaper than to release.
    if holds.has_expired(**people):
        holds.release_expired(**people)


def find_series(user: User, id: int) -> tuple[Series, Role]:
    """Return the series, not locked yet, and the user's role.

    Raises `NotFound` for a series that the user may not see, and `OperationNotAllowed`
    to staff who may only see it.
    """
    visible = Series.objects.visible_to(user)
    series = visible.filter(pk=id).select_related("therapist").first()
    if series is None:
        raise NotFound
    therapist = series.therapist
    role = get_managing_role(
        user,
        therapist.user_id,
        Right.CHANGE_SERIES,
        therapist_is_active=therapist.is_active,
    )
    return series, role


def list_therapist_ids(series: Series) -> set[int]:
    """Return the therapists of its dates; some may have been moved to colleagues."""
    colleagues = series.appointments.values_list("therapist_id", flat=True)
    return {series.therapist_id, *colleagues}


def lock_series(
    series: Series, therapist_ids: set[int], precondition: Precondition
) -> Series:
    """Keep every other request from the series until the end of the transaction.

    The ids are those of `list_therapist_ids`. Returns the series as it is then.
    """
    lock_and_release_holds(therapist_ids, series.client_id)
    locked = Series.objects.select_related("therapist").get(pk=series.pk)
    # Some operations on one appointment lock only its row.
    list(locked.appointments.order_by("pk").select_for_update(no_key=True))
    precondition.check(get_version(series.pk))
    return locked


def list_upcoming(series: Series, since: datetime | None) -> list[Appointment]:
    """Return the booked dates from `since` on that are still to come, in order."""
    now = timezone.now()
    booked = series.appointments.filter(status=Status.BOOKED, start__gt=now)
    following = booked.filter(start__gte=since or now).order_by("occurrence")
    return list(following.select_related("therapist"))


def get_people_parameters(
    user: User, therapist_id: int, client_id: int
) -> dict[str, Any]:
    return get_actor_parameters(user) | {
        "therapist_id": therapist_id,
        "client_id": client_id,
        "now": timezone.now(),
    }


def get_date_parameters(
    plan: SeriesPlan, dates: Iterable[CheckedDate], numbers: Iterable[int]
) -> dict[str, Any]:
    """Return the parameters of a statement that writes these dates."""
    requested = [
        {
            "start": date.start.isoformat(),
            "number": number,
            "overridden": date.overridden,
        }
        for date, number in zip(dates, numbers, strict=True)
    ]
    return get_people_parameters(plan.user, plan.therapist.pk, plan.client_id) | {
        "dates": json.dumps(requested)
    }
