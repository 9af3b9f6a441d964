"""What happened to an appointment, from what the triggers kept."""

from typing import Any

from accounts.models import User
from appointments.models import Appointment, Series
from appointments.models.statuses import CONCLUDED, Role, Status
from appointments.services.change import Seen


def of(seen: Seen, user: User) -> list[dict[str, Any]]:
    """Return what happened to an appointment, oldest first, as far as the user may know.

    Staff see everything and who did it; its therapist does, of what happened in their
    diary. Anyone else sees what happened while it was theirs, and no names but their own.
    """
    if user.is_staff:
        return everything(seen.id)
    events = list(_events(seen.id))
    if seen.party(user) == Role.THERAPIST:
        told = zip(events, _entries(events, _people(events)), strict=True)
        return [
            entry for event, entry in told if event.therapist_id == seen.therapist_id
        ]
    told = zip(events, _entries(events, {user.pk: user}), strict=True)
    return [
        entry | {"request_id": None}
        for event, entry in told
        if event.client_id == user.pk
    ]


def everything(id: int) -> list[dict[str, Any]]:
    """Return all that happened to the appointment and who did it, for its practice."""
    events = list(_events(id))
    return _entries(events, _people(events))


def of_series(series: Series) -> list[dict[str, Any]]:
    """Return when the series changed and who did it, for its practice."""
    events = list(series.history.order_by("pgh_id"))
    people = _people(events)
    return [{"what": event.pgh_label, **_acted(event, people)} for event in events]


def _people(events):
    acted = {_about(event).get("user") for event in events} - {None}
    return User.objects.in_bulk(acted)


def _events(id):
    return Appointment.pgh_event_model.objects.filter(pgh_obj_id=id).order_by("pgh_id")


def _entries(events, people):
    return [
        _entry(before, event, people)
        for before, event in zip([None, *events], events, strict=False)
    ]


def _entry(before, event, people):
    return {
        "what": _what(before, event),
        "status": event.status,
        "start": event.start,
        "end": event.end,
        "therapist_id": event.therapist_id,
        **_acted(event, people),
    }


def _acted(event, people):
    about = _about(event)
    who = people.get(about.get("user"))
    return {
        "at": event.pgh_created_at,
        "role": about.get("role"),
        "user": who and {"id": who.pk, "name": who.name, "email": who.email},
        "request_id": about.get("request_id"),
    }


def _what(before, event):
    """Name the change by what it made of the appointment."""
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
    moved = any(getattr(before, field) != getattr(event, field) for field in place)
    return "moved" if moved else "changed"


def _about(event):
    return event.pgh_context or {}
