"""Events for endpoints, made of changes of the diary. They have ids, and nothing else."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max
from django.utils import timezone

from appointments.models import ScheduleConflict
from appointments.models.statuses import Status
from notifications.jobs import defer_webhooks
from notifications.models import (
    AppointmentEvent,
    Change,
    DeliveryStatus,
    EventType,
    SeriesEvent,
    Webhook,
    WebhookDelivery,
)
from notifications.notices import get_previous, is_told_by_series, name_change_of_series

SWITCHED_OFF = "The endpoint is switched off."
CONCLUSIONS = {
    Status.COMPLETED: EventType.APPOINTMENT_COMPLETED,
    Status.NO_SHOW: EventType.APPOINTMENT_NO_SHOW,
}


class Event(NamedTuple):
    """Something that happened to an appointment or a series."""

    type: EventType
    happened_at: datetime
    therapist_id: int
    version: int
    appointment_id: int | None = None
    series_id: int | None = None


def list_events(change: Change) -> Iterator[Event]:
    """Yield what the change means; a change of a whole series is one event."""
    if change.is_of_series:
        yield from _list_events_of_series(change.event_id)
    else:
        yield from _list_events_of_appointment(change.event_id)


def make_conflict(conflict: ScheduleConflict) -> Event:
    """Return the event of an appointment that is now outside the hours.

    Its version is that of the appointment, which has not changed.
    """
    last = conflict.appointment.history.aggregate(id=Max("pgh_id"))
    return Event(
        EventType.SCHEDULE_CONFLICT,
        conflict.found_at,
        conflict.appointment.therapist_id,
        last["id"],
        appointment_id=conflict.appointment_id,
    )


def add_webhook_deliveries(events: Iterable[Event]) -> None:
    """Add a delivery of each event for each endpoint that wants it, with a job.

    For an endpoint that is switched off it counts as failed, so that it can be replayed.
    """
    events = list(events)
    webhooks = Webhook.objects.all() if events else []
    now = timezone.now()
    off = {"status": DeliveryStatus.FAILED, "finished_at": now, "error": SWITCHED_OFF}
    deliveries = [
        WebhookDelivery(
            webhook=webhook,
            created_at=now,
            **event._asdict(),
            **({} if webhook.is_active else off),
        )
        for webhook in webhooks
        for event in events
        if event.type in webhook.events
    ]
    added = WebhookDelivery.objects.bulk_create(deliveries)
    defer_webhooks(one.pk for one in added if one.status == DeliveryStatus.PENDING)


def _list_events_of_appointment(event_id):
    event = AppointmentEvent.objects.get(pk=event_id)
    kind = _name(get_previous(event), event)
    if kind is not None and not is_told_by_series(event):
        yield Event(
            kind,
            event.pgh_created_at,
            event.therapist_id,
            event.pk,
            appointment_id=event.pgh_obj_id,
        )


def _list_events_of_series(event_id):
    event = SeriesEvent.objects.get(pk=event_id)
    kind = name_change_of_series(event)
    if kind is not None:
        yield Event(
            EventType(kind),
            event.pgh_created_at,
            event.therapist_id,
            event.pk,
            series_id=event.pgh_obj_id,
        )


def _name(before, event):
    was_booked = before is not None and before.status == Status.BOOKED
    if event.status in CONCLUSIONS:
        return CONCLUSIONS[event.status] if was_booked else None
    if event.status == Status.CANCELLED:
        return EventType.APPOINTMENT_CANCELLED if was_booked else None
    if not was_booked:
        is_new = before is None or before.status in (Status.AVAILABLE, Status.HELD)
        return EventType.APPOINTMENT_BOOKED if is_new else None
    place = ("start", "end", "therapist_id")
    is_moved = any(getattr(before, name) != getattr(event, name) for name in place)
    return EventType.APPOINTMENT_MOVED if is_moved else None
