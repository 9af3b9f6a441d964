"""Which appointments a user sees: a page of the list, and one by its id."""

from typing import Any

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
from booking.statements import STATEMENTS, Condition, Statement

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


def get_page(
    user: User, conditions: list[Condition], pagination: CursorPagination
) -> list[AppointmentRow]:
    """Return a page of the appointments that the user sees, in order of start and id.

    `conditions` narrow the list; `AppointmentFilterSet` makes them.
    """
    if pagination.position is not None:
        conditions = [*conditions, get_position_condition(pagination.position)]
    parameters: dict[str, Any] = {}
    for condition in conditions:
        parameters |= condition.parameters
    rows = get_list_statement(_choose_view(user, conditions), conditions).fetch_all(
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


def get_position_condition(position: Position) -> Condition:
    start, id = position.keys
    name, beyond = ("before", "<") if position.backwards else ("after", ">")
    text = f"(a.start, a.id) {beyond} (%(position)s, %(position_id)s)"
    return Condition(name, text, {"position": start, "position_id": id})


def _choose_view(user, conditions):
    if sees_all(user):
        return "all"
    # A filter by any other status than `available` leaves nothing that is bookable.
    others = {*Status} - {Status.AVAILABLE}
    has_other_status = any(condition.name in others for condition in conditions)
    return "own" if has_other_status else "own_and_bookable"


def get_list_statement(
    view: str, conditions: list[Condition]
) -> Statement[AppointmentRow]:
    """Return the statement of a list. The first request for it composes it."""
    name = "_".join(["list", view, *(condition.name for condition in conditions)])
    return STATEMENTS.get(name) or Statement(
        name, _compose_list(VIEWS[view], conditions), AppointmentRow
    )


def _compose_list(parts: dict[str, str], conditions: list[Condition]) -> str:
    backwards = any(condition.name == "before" for condition in conditions)
    direction = " DESC" if backwards else ""
    order = f"ORDER BY a.start{direction}, a.id{direction}"
    narrowed = "".join(f"\n       AND {condition.text}" for condition in conditions)
    selects = "\n    UNION ALL".join(
        f"""
    -- {comment}
    (SELECT a.*, a.xmin::text AS version FROM appointments_appointment a
     WHERE {condition}{narrowed}
     {order} LIMIT %(limit)s)"""
        for comment, condition in parts.items()
    )
    tables = "".join(f"{one.table}, " for one in conditions if one.table)
    return f"""
-- A page of each part, and of these a page. Materialized: only its rows look for people.
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
