"""Reminders of appointments, some hours before they start."""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from appointments.models.statuses import Status
from booking.statements import Statement
from notifications.jobs import defer_sending
from notifications.models import Channel, DeliveryStatus, Kind

MOST_REMINDERS = 500


class AddedRow(NamedTuple):
    id: int


ADD_REMINDERS = Statement(
    "add_reminders",
    f"""
-- Deliveries of reminders that are due and were not made. A client who booked or moved
-- the appointment after that moment heard of it then.
WITH due AS (
    SELECT a.id, a.client_id, a.start,
           concat_ws('-', 'reminder', a.id, extract(epoch FROM a.start)::bigint,
                     %(hours)s::int) AS source
      FROM appointments_appointment a
     WHERE a.status = '{Status.BOOKED}' AND a.start > %(now)s
       AND a.start <= %(now)s + %(hours)s::int * interval '1 hour'
       AND a.updated_at <= a.start - %(hours)s::int * interval '1 hour'
)
INSERT INTO notifications_delivery
       (message_id, kind, channel, user_id, appointment_id, start, source, created_at, status,
        attempts, error)
SELECT gen_random_uuid(), '{Kind.APPOINTMENT_REMINDER}', '{Channel.MAIL}', c.id, due.id,
       due.start, due.source, %(now)s, '{DeliveryStatus.PENDING}', 0, ''
  FROM due
  JOIN accounts_user c ON c.id = due.client_id
 WHERE c.reminders AND c.is_active AND c.email IS NOT NULL
       AND NOT EXISTS (SELECT FROM notifications_delivery d
                        WHERE d.source = due.source AND d.user_id = c.id)
 LIMIT %(limit)s
-- Another worker may make some of them at the same time.
ON CONFLICT DO NOTHING
RETURNING id
""",  # noqa: S608
    AddedRow,
)


def add_reminders() -> int:
    """Make deliveries of all reminders that are due; return how many."""
    return sum(map(_add_reminders, settings.REMINDER_HOURS))


def _add_reminders(hours):
    count = 0
    while added := _add_some(hours):
        count += added
    return count


def _add_some(hours):
    with transaction.atomic():
        rows = ADD_REMINDERS.fetch_all(
            hours=hours, now=timezone.now(), limit=MOST_REMINDERS
        )
        defer_sending(row.id for row in rows)
    return len(rows)
