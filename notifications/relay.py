"""Making deliveries of the changes that triggers noted."""

import logging

from django.db import DatabaseError, transaction

from accounts.models import AccountMessage
from appointments.models import Invitation
from notifications.conflicts import list_notices_of_conflicts, take_conflicts
from notifications.deliveries import add_deliveries
from notifications.models import Change, Kind
from notifications.notices import Notice, list_notices
from notifications.webhooks.events import (
    add_webhook_deliveries,
    list_events,
    make_conflict,
)

logger = logging.getLogger(__name__)
MOST_CHANGES = 100


def relay() -> int:
    """Make deliveries, and jobs that send them, of the oldest changes; return how many.

    All or nothing, in one transaction: what a worker did not finish, another begins anew.
    Several may relay at once, as each locks the changes that it takes.
    """
    with transaction.atomic():
        rows = Change.objects.order_by("pk").select_for_update(skip_locked=True)
        changes = list(rows[:MOST_CHANGES])
        add_deliveries([n for one in changes for n in _list(list_notices, one)])
        add_webhook_deliveries([e for one in changes for e in _list(list_events, one)])
        Change.objects.filter(pk__in=[one.pk for one in changes]).delete()
        messages = _take_messages()
        add_deliveries(map(_make_notice, messages))
        invitations = _take_invitations()
        add_deliveries(map(_make_notice_of_invitation, invitations))
        conflicts = take_conflicts()
        add_deliveries(list_notices_of_conflicts(conflicts))
        add_webhook_deliveries(make_conflict(one) for one in conflicts)
    return max(len(changes), len(messages), len(invitations))


def _take_messages():
    rows = AccountMessage.objects.order_by("pk").select_for_update(skip_locked=True)
    messages = list(rows[:MOST_CHANGES])
    AccountMessage.objects.filter(pk__in=[one.pk for one in messages]).delete()
    return messages


def _take_invitations():
    rows = Invitation.objects.filter(is_relayed=False).order_by("pk")
    invitations = list(rows.select_for_update(skip_locked=True)[:MOST_CHANGES])
    Invitation.objects.filter(pk__in=[one.pk for one in invitations]).update(
        is_relayed=True
    )
    return invitations


def _make_notice_of_invitation(invitation):
    return Notice(
        Kind.ACCOUNT_INVITED,
        None,
        f"invitation-{invitation.pk}-{invitation.expires_at.timestamp():.0f}",
        appointment_id=invitation.appointment_id,
        address=invitation.email,
    )


def _make_notice(message):
    kind, source = Kind(f"account.{message.kind}"), f"account-message-{message.pk}"
    return Notice(kind, message.user_id, source, address=message.address)


def _list(what, change):
    try:
        with transaction.atomic():
            return list(what(change))
    except DatabaseError:
        raise
    except Exception:
        # A change that cannot be told must not keep all others from being told.
        logger.exception("Nobody is told of %s", change)
        return []
