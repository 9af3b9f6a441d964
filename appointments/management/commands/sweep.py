from importlib import import_module

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import codes, counters, second_factors, sessions
from accounts.models import SecurityEvent
from appointments.models import AppointmentRead, ClientBusyRefusal
from appointments.services import conflicts, holds, invitations
from booking.api import idempotency


class Command(BaseCommand):
    help = (
        "Releases expired holds and deletes expired idempotent responses, sessions and "
        "throttle counters. Run it every few minutes. All count as gone before that. "
        "Secrets are encrypted by the current SECRET_KEY. "
        "It also deletes what the logs have kept long enough, which only the owner of the "
        "tables can."
    )

    def handle(self, **options):
        released, deleted = holds.release_expired(), idempotency.delete_expired()
        self.stdout.write(f"Released {released} holds, deleted {deleted} responses.")
        ended, forgotten = sessions.delete_expired(), counters.delete_expired()
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
        codes.delete_expired()
        second_factors.delete_expired()
        second_factors.renew_secrets()
        invitations.delete_expired()
        conflicts.delete_old()
        self.stdout.write(f"Deleted {ended} sessions and {forgotten} counters.")
        AppointmentRead.prune(settings.READ_LOG_DAYS)
        SecurityEvent.prune(settings.SECURITY_LOG_DAYS)
        ClientBusyRefusal.prune(settings.SECURITY_LOG_DAYS)
