from django.core.management.base import BaseCommand

from appointments.services import holds
from booking.api import idempotency


class Command(BaseCommand):
    help = (
        "Removes what is over: holds beyond their time, and answers kept for repeated "
        "requests. Nothing depends on when it runs; run it every few minutes."
    )

    def handle(self, **options):
        released, forgotten = holds.release_lapsed(), idempotency.sweep()
        self.stdout.write(f"Released {released} holds, forgot {forgotten} answers.")
