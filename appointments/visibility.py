"""Which appointments a user sees: a page of the list, and one by its id."""

from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import User
from appointments.models.statuses import Right, Status
from appointments.sql import (
    APPOINTMENT,
    APPOINTMENT_JOINS,
    BOOKABLE,
    EXISTS_NOW,
    HOLD_EXPIRED,
    AppointmentRow,
)
from booking.api.pagination import CursorPagination, Position
from booking.statements import Condition, Statement

# When a user sees an appointment `a`. The parameters are `user` and `now`.
#
# Clients see their own. An expired hold is no longer theirs.
OWN_AS_CLIENT = f"a.client_id = %(user)s AND NOT {HOLD_EXPIRED}"
# Therapists see their diary while they are active. A client may have become the therapist
# whom they booked. OWN_AS_CLIENT has these appointments already.
OWN_DIARY = f"""a.therapist_id = (SELECT id FROM therapists_therapist
          WHERE user_id = %(user)s AND is_active)
       AND a.client_id IS DISTINCT FROM %(user)s
       AND {EXISTS_NOW}"""
# Clients see what they can book. Therapists do not see it in the diaries of colleagues.
BOOKABLE_BY_USER = f"""{BOOKABLE}
       AND a.start > %(now)s
       AND EXISTS (SELECT FROM therapists_therapist t
          WHERE t.id = a.therapist_id AND t.is_active)
       AND NOT EXISTS (SELECT FROM therapists_therapist
          WHERE user_id = %(user)s AND is_active)"""
# All of these in one, for a single appointment. Another parameter is `sees_all`.
VISIBLE_TO_USER = f"""{EXISTS_NOW}
       AND (%(sees_all)s
    -- the client's own
    OR {OWN_AS_CLIENT}
    -- the therapist's diary
    OR {OWN_DIARY}
    -- bookable by any client
    OR {BOOKABLE_BY_USER})"""

# The parts of each list, with their comments in the SQL. A list is a union, because each
# part can follow an index in order and stop after a page. One condition with OR could not.
_OWN = {
    "the client's own": OWN_AS_CLIENT,
    "the therapist's diary": OWN_DIARY,
}
VIEWS = {
    "all": {"everything, for staff": EXISTS_NOW},
    "own": _OWN,
    "own_and_bookable": _OWN | {"bookable by any client": BOOKABLE_BY_USER},
}


class ListRequest(NamedTuple):
    """The list that a request asks for, made by `AppointmentFilterSet`."""

    conditions: list[Condition]
    statuses: frozenset[str] = frozenset(Status)
    is_mine: bool = False
    descends: bool = False


def get_page(
    user: User, request: ListRequest, pagination: CursorPagination
) -> list[AppointmentRow]:
    """Return a page of the appointments that the user sees, in order of start and id."""
    descends = request.descends ^ pagination.backwards
    conditions = request.conditions
    if pagination.position is not None:
        conditions = [
            *conditions,
            get_position_condition(pagination.position, descends),
        ]
    parameters: dict[str, Any] = {}
    for condition in conditions:
        parameters |= condition.parameters
    view = _choose_view(user, request)
    rows = get_list_statement(view, conditions, descends).fetch_all(
        user=user.pk, now=timezone.now(), limit=pagination.limit, **parameters
    )
    return pagination.paginate_rows(rows, lambda row: [row.start.isoformat(), row.id])


def get_appointment(user: User, id: int) -> AppointmentRow | None:
    """Return the appointment, or None if there is none that the user sees."""
    return GET_APPOINTMENT.fetch_one(
        user=user.pk, sees_all=sees_all(user), id=id, now=timezone.now()
    )


def sees_all(user: User) -> bool:
    """Tell whether the user sees every diary, as staff with the right to it."""
    return user.has_right(Right.VIEW_APPOINTMENT)


def get_position_condition(position: Position, descends: bool) -> Condition:
    start, id = position.keys
    name, beyond = ("before", "<") if descends else ("after", ">")
    text = f"(a.start, a.id) {beyond} (%(position)s, %(position_id)s)"
    return Condition(name, (text,), {"position": start, "position_id": id})


def _choose_view(user, request):
    if sees_all(user) and not request.is_mine:
        return "all"
    # A filter by other statuses than `available` leaves nothing that is bookable.
    has_bookable = Status.AVAILABLE in request.statuses and not request.is_mine
    return "own_and_bookable" if has_bookable else "own"


def get_list_statement(
    view: str, conditions: list[Condition], descends: bool
) -> Statement[AppointmentRow]:
    """Return the statement of a list. The first request for it composes it."""
    shapes = tuple(condition._replace(parameters=None) for condition in conditions)
    return _compose_list(view, shapes, descends)


@lru_cache(maxsize=1000)
def _compose_list(view, conditions, descends):
    names = [view, *(condition.name for condition in conditions)]
    name = "_".join(["list", *names, *(["down"] if descends else [])])
    direction = " DESC" if descends else ""
    order = f"ORDER BY a.start{direction}, a.id{direction}"
    each = "".join(f"{one.each}, " for one in conditions if one.each)
    selects = "\n    UNION ALL".join(
        f"\n    -- {comment}{_compose_select([part, *texts], order, each)}"
        for comment, part in VIEWS[view].items()
        for texts in product(*(condition.texts for condition in conditions))
    )
    tables = "".join(f"{one.table}, " for one in conditions if one.table)
    text = f"""
-- A page of each part, and of these a page. Only its rows look for people.
WITH {tables}page AS MATERIALIZED (
    SELECT a.*, {HOLD_EXPIRED} AS hold_expired FROM ({selects}
    ) a
    {order} LIMIT %(limit)s
)
SELECT
  {APPOINTMENT}
  FROM page a
  {APPOINTMENT_JOINS}
 {order}
"""
    return Statement(name, text, AppointmentRow)


def _compose_select(texts, order, each):
    condition = "\n       AND ".join(texts)
    select = f"""
    (SELECT a.*, a.xmin::text AS version FROM appointments_appointment a
     WHERE {condition}
     {order} LIMIT %(limit)s)"""
    if not each:
        return select
    return f"""
    (SELECT a.* FROM {each}LATERAL{select} a
     {order} LIMIT %(limit)s)"""


GET_APPOINTMENT = Statement(
    "get_appointment",
    f"""
WITH visible AS MATERIALIZED (
    SELECT a.*, a.xmin::text AS version, {HOLD_EXPIRED} AS hold_expired
      FROM appointments_appointment a
     WHERE a.id = %(id)s
       AND {VISIBLE_TO_USER}
)
SELECT
  {APPOINTMENT}
  FROM visible a
  {APPOINTMENT_JOINS}
""",
    AppointmentRow,
)
