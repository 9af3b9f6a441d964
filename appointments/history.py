"""The history of an appointment or a series, from the events that triggers record."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from accounts.models import User
from appointments.models import Appointment, Series
from appointments.models.statuses import CONCLUDED, Role, Status
from appointments.services.change import AppointmentSnapshot
from appointments.visibility import sees_all


class HistoryEntry(NamedTuple):
    """One change, and who made it.

    There is no user if the change was made outside the API, or if the reader may not
    know. `status` and what follows are an appointment's, as the change left them.
    """

    what: str
    at: datetime
    role: Role | None
    user_id: int | None
    user_name: str | None
    user_email: str | None
    request_id: str | None
    server_request_id: str | None
    status: Status | None = None
    start: datetime | None = None
    end: datetime | None = None
    therapist_id: int | None = None
    client_id: int | None = None


def get_history(snapshot: AppointmentSnapshot, user: User) -> list[HistoryEntry]:
    """Return what the user may know of an appointment's history, oldest first.

    Staff see every change. The therapist sees the changes in their own diary. A client
    sees the changes while the appointment was theirs, and no names but their own.
    """
    if sees_all(user):
        return get_full_history(snapshot.id)
    events = _get_events(snapshot.id)
    if snapshot.get_role(user) == Role.THERAPIST:
        entries = _make_entries(events, _get_users(events))
        return [
            entry for entry in entries if entry.therapist_id == snapshot.therapist_id
        ]
    entries = _make_entries(events, {user.pk: user})
    own_ids = {user.pk, *user.merged.values_list("pk", flat=True)}
    return [
        entry._replace(request_id=None, server_request_id=None)
        for event, entry in zip(events, entries, strict=True)
        if event.client_id in own_ids
    ]


def get_full_history(id: int) -> list[HistoryEntry]:
    """Return every change of the appointment, for staff."""
    events = _get_events(id)
    return list(_make_entries(events, _get_users(events)))


def get_series_history(series: Series) -> list[HistoryEntry]:
    """Return every change of the series itself, for staff."""
    events = list(series.history.order_by("pgh_id"))
    users = _get_users(events)
    return [
        HistoryEntry(what=event.pgh_label, **_get_actor(event, users))
        for event in events
    ]


def _get_events(id):
    events = Appointment.pgh_event_model.objects.filter(pgh_obj_id=id)
    return list(events.order_by("pgh_id"))


def _get_users(events):
    ids = {_get_context(event).get("user") for event in events}
    return User.objects.in_bulk(ids - {None})


def _make_entries(events, users) -> Iterator[HistoryEntry]:
    merges = _get_merges(events)
    for before, event in pairwise([None, *events]):
        is_merge = before is not None and event.client_id in merges[before.client_id]
        yield HistoryEntry(
            what="merged" if is_merge else _name_change(before, event),
            **_get_actor(event, users),
            status=event.status,
            start=event.start,
            end=event.end,
            therapist_id=event.therapist_id,
            client_id=event.client_id,
        )


def _get_merges(events):
    """Return, by client, into which clients they were merged later."""
    merges = defaultdict(set)
    ids = {event.client_id for event in events} - {None}
    if len(ids) > 1:
        pairs = User.objects.filter(pk__in=ids, merged_into__isnull=False)
        into = dict(pairs.values_list("pk", "merged_into"))
        for client_id, last in into.items():
            others = {pk for pk in ids if into.get(pk, pk) == last}
            merges[client_id] = others - {client_id}
    return merges


def _name_change(before, event):
    """Name a change by its result."""
    if event.pgh_label == "delete":
        return "removed"
    is_new = (
        before is None
        or before.client_id != event.client_id
        or before.hold_expires_at != event.hold_expires_at
    )
    if is_new or before.status != event.status:
        was_concluded = not is_new and before.status in CONCLUDED
        undone = was_concluded and event.status == Status.BOOKED
        return "reopened" if undone else event.status
    place = ("start", "end", "therapist_id")
    moved = any(getattr(before, name) != getattr(event, name) for name in place)
    return "moved" if moved else "changed"


def _get_actor(event, users):
    """Return when the change was made, by whom and for whom, as fields of an entry."""
    context = _get_context(event)
    user = users.get(context.get("user"))
    return {
        "at": event.pgh_created_at,
        "role": context.get("role"),
        "user_id": user and user.pk,
        "user_name": user and user.name,
        "user_email": user and user.email,
        # The id that the response showed: the caller's, or else ours.
        "request_id": context.get("caller_request_id") or context.get("request_id"),
        "server_request_id": context.get("request_id"),
    }


def _get_context(event):
    return event.pgh_context or {}
