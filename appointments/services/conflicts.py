"""Conflicts that changes of the schedule have left, for the practice to be told."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from appointments.models import ScheduleConflict

KEPT_FOR = timedelta(days=30)


def record_conflicts(user: User, appointment_ids: Iterable[int]) -> None:
    """Record that the user's change has left these appointments outside the rules.

    Call this in the transaction of the change.
    """
    now = timezone.now()
    ScheduleConflict.objects.bulk_create(
        ScheduleConflict(appointment_id=id, user=user, found_at=now)
        for id in appointment_ids
    )


def delete_old() -> int:
    """Delete conflicts that were found long ago; return how many."""
    oldest = timezone.now() - KEPT_FOR
    return ScheduleConflict.objects.filter(found_at__lt=oldest).delete()[0]
