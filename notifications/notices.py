"""Which people are told of a change of the diary, and what of it."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils import timezone

from accounts.models import User
from appointments.models.statuses import Role, Status
from notifications.models import AppointmentEvent, Change, Kind, SeriesEvent
from therapists.models import Therapist


class Notice(NamedTuple):
    """Something to be told to one person."""

    kind: Kind
    user_id: int | None
    source: str
    event_id: int | None = None
    appointment_id: int | None = None
    series_id: int | None = None
    address: str | None = None


def list_notices(change: Change) -> Iterator[Notice]:
    """Tell people what the change did."""
    if change.is_of_series:
        return _list_notices_of_series(change.event_id)
    return _list_notices_of_appointment(change.event_id)


def _list_notices_of_appointment(event_id):
    """Tell client and therapist what an entry in an appointment's history did.

    A change of a whole series is told once, by the series. The therapist who made the
    change is not told; clients hear of everything that is theirs.
    """
    event = AppointmentEvent.objects.get(pk=event_id)
    if event.start <= timezone.now() or is_told_by_series(event):
        return
    for kind, person in _list_changes(get_previous(event), event):
        if person is not None:
            yield Notice(
                kind,
                person,
                f"appointment-event-{event.pk}",
                event.pk,
                appointment_id=event.pgh_obj_id,
            )


def _list_notices_of_series(event_id):
    """Tell client and therapist what an entry in a series' history did to its dates."""
    event = SeriesEvent.objects.get(pk=event_id)
    kind = name_change_of_series(event)
    if kind is None:
        return
    for person in (event.client_id, _get_told_therapist(event, event.therapist_id)):
        if person is not None:
            yield Notice(
                kind,
                person,
                f"series-event-{event.pk}",
                event.pk,
                series_id=event.pgh_obj_id,
            )


def get_previous(event: AppointmentEvent | SeriesEvent):
    """Return the entry before this one in the history of the same row, or None."""
    rows = type(event).objects.filter(pgh_obj_id=event.pgh_obj_id, pk__lt=event.pk)
    return rows.order_by("-pk").first()


def _list_changes(before, event):
    """Yield kinds with people. A person who loses an appointment hears that it ends."""
    booked, cancelled = Kind.APPOINTMENT_BOOKED, Kind.APPOINTMENT_CANCELLED
    was_booked = before is not None and before.status == Status.BOOKED
    if event.status == Status.CANCELLED:
        if was_booked or _is_declined(event):
            yield cancelled, event.client_id
            yield cancelled, _get_told_therapist(event, event.therapist_id)
        return
    if not was_booked:
        if before is None or before.status in (Status.AVAILABLE, Status.HELD):
            yield booked, event.client_id
            yield booked, _get_told_therapist(event, event.therapist_id)
        return
    is_moved = (before.start, before.end) != (event.start, event.end)
    is_with_another = before.therapist_id != event.therapist_id
    if before.client_id != event.client_id:
        if _is_merged(before.client_id, event.client_id):
            return
        yield cancelled, before.client_id
        yield booked, event.client_id
    elif is_moved or is_with_another:
        yield Kind.APPOINTMENT_MOVED, event.client_id
    if is_with_another:
        yield cancelled, _get_told_therapist(event, before.therapist_id)
        yield booked, _get_told_therapist(event, event.therapist_id)
    elif is_moved:
        yield Kind.APPOINTMENT_MOVED, _get_told_therapist(event, event.therapist_id)


def _is_declined(event):
    """Tell whether somebody declined an invitation, who was no client yet."""
    return event.client_id is None and event.cancelled_by == Role.CLIENT


def name_change_of_series(event: SeriesEvent) -> Kind | None:
    """Return what an entry in a series' history did to its dates; None if nothing."""
    if event.pgh_label == "insert":
        return Kind.SERIES_BOOKED
    before = get_previous(event)
    if before is None or before.client_id != event.client_id:
        # It was merged, which changes no date.
        return None
    dates = _list_events_of(event)
    if any(date.status == Status.CANCELLED for date in dates):
        return Kind.SERIES_CANCELLED
    return Kind.SERIES_MOVED if dates else None


def is_told_by_series(event: AppointmentEvent) -> bool:
    """Tell whether the whole series changed in the same transaction.

    A trigger gives all entries of a transaction the moment at which it began.
    """
    if event.series_id is None:
        return False
    changed = SeriesEvent.objects.filter(
        pgh_obj_id=event.series_id, pgh_created_at=event.pgh_created_at
    )
    return changed.exists()


def _list_events_of(series_event):
    return list(
        AppointmentEvent.objects.filter(
            series_id=series_event.pgh_obj_id,
            pgh_created_at=series_event.pgh_created_at,
            pgh_label="update",
        )
    )


def _get_told_therapist(event, therapist_id):
    """Return the account of a therapist, unless it made the change."""
    accounts = Therapist.objects.filter(pk=therapist_id, is_active=True)
    user_id = accounts.values_list("user_id", flat=True).first()
    return None if user_id == (event.pgh_context or {}).get("user") else user_id


def _is_merged(former_id, client_id):
    return User.objects.filter(pk=former_id, merged_into=client_id).exists()
