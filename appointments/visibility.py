"""Which appointments somebody sees, and which of them were asked for."""

from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg.types.numeric import Int8

from accounts.models import User
from appointments import sql
from appointments.models.statuses import Status
from booking.api.pagination import CursorPagination

# Conditions on an appointment `a`; their parameters are `user` and `now`.
#
# The client's own. After an expired hold it is no longer theirs.
OWN_AS_CLIENT = f"a.client_id = %(user)s AND NOT {sql.HOLD_EXPIRED}"
# The user's diary, without what OWN_AS_CLIENT has: a client may have become the
# therapist whom they booked.
OWN_DIARY = f"""a.therapist_id = (
        SELECT id FROM therapists_therapist WHERE user_id = %(user)s)
    AND a.client_id IS DISTINCT FROM %(user)s AND {sql.EXISTS_NOW}"""
# What any client may book. A therapist sees only their own diary.
BOOKABLE_BY_USER = f"""{sql.BOOKABLE} AND a.start > %(now)s
    AND EXISTS (SELECT FROM therapists_therapist t
                 WHERE t.id = a.therapist_id AND t.is_active)
    AND NOT EXISTS (SELECT FROM therapists_therapist WHERE user_id = %(user)s)"""


def visible(user: User, wanted: dict[str, Any], *, limit: int, backwards: bool = False):
    """Read what the user may see of what is wanted, in order of start and id.

    `wanted` has the keys of `sql.NARROWED`; moments are aware. Rows have the
    columns of `sql.ANSWER`. What is not returned does not exist for the user.
    """
    if user.is_staff:
        parts = (sql.EXISTS_NOW,)
    elif wanted.get("status", Status.AVAILABLE) == Status.AVAILABLE:
        parts = (OWN_AS_CLIENT, OWN_DIARY, BOOKABLE_BY_USER)
    else:
        parts = (OWN_AS_CLIENT, OWN_DIARY)
    statement = _read(parts, tuple(sorted(_narrowed(wanted))), backwards)
    values = wanted | {
        "user": Int8(user.pk),
        "now": timezone.now(),
        "limit": Int8(limit),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def get_appointment(user: User, id: int) -> sql.AppointmentRow | None:
    """Return the appointment, or None if there is none that the user may see."""
    rows = visible(user, {"id": Int8(id)}, limit=1)
    return sql.AppointmentRow._make(rows[0]) if rows else None


def page(user: User, wanted: dict[str, Any], paging: CursorPagination):
    """Read one page, from the position that the paging has."""
    if paging.position is not None:
        start, id = paging.position.keys
        side = "before" if paging.backwards else "after"
        wanted = wanted | {side: start, f"{side}_id": Int8(id)}
    rows = visible(user, wanted, limit=paging.limit, backwards=paging.backwards)
    return paging.paginate_rows(rows, lambda row: [row[1], row[0]])


def _narrowed(wanted):
    """What to narrow by; two states depend on whether a hold is over."""
    status = {wanted.get("status")} & sql.NARROWED.keys()
    return (wanted.keys() & sql.NARROWED) - ({"status"} if status else set()) | status


@cache
def _read(parts: tuple[str, ...], wanted: tuple[str, ...], backwards: bool) -> str:
    order = "DESC" if backwards else "ASC"
    narrowed = [sql.NARROWED[name] for name in wanted]
    selects = [
        sql.READ_PART.format(conditions=" AND ".join([part, *narrowed]), order=order)
        for part in parts
    ]
    therapists = [sql.THERAPISTS[n] for n in wanted if n in sql.THERAPISTS]
    return sql.READ.format(
        therapists="".join(f"therapists AS MATERIALIZED ({t})," for t in therapists),
        parts=" UNION ALL ".join(selects),
        order=order,
        answer=sql.ANSWER,
        client=sql.CLIENT,
    )
