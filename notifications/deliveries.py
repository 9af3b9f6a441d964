"""Deliveries of notices, and the jobs that send them."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from notifications.jobs import defer_sending
from notifications.models import Delivery
from notifications.notices import Notice


def add_deliveries(notices: Iterable[Notice]) -> None:
    """Add a delivery for each notice that has none yet, and a job that sends it."""
    now, notices = timezone.now(), list(notices)
    reachable = _list_reachable({notice.user_id for notice in notices})
    deliveries = [
        Delivery(**notice._asdict(), created_at=now)
        for notice in notices
        if notice.user_id in reachable or notice.address
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    # A delivery that was there before has another one.
    added = Delivery.objects.filter(
        message_id__in=[one.message_id for one in deliveries]
    )
    defer_sending(added.values_list("pk", flat=True))


def _list_reachable(ids):
    """Return those who have an address. A client on the phone may have none."""
    users = User.objects.filter(pk__in=ids, is_active=True, email__isnull=False)
    return {*users.values_list("pk", flat=True)}
