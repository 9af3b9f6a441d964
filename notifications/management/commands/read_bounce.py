import email
import email.policy
import sys

from django.core.management.base import BaseCommand

from notifications.bounces import read_report


class Command(BaseCommand):
    help = (
        "Reads a delivery status notification (RFC 3464) from standard input, and marks the "
        "address that does not work. A mail server runs it for the sender's address."
    )

    def handle(self, **options):
        report = email.message_from_binary_file(
            sys.stdin.buffer, policy=email.policy.default
        )
        delivery = read_report(report)
        self.stdout.write(
            f"Marked the address of delivery {delivery.pk}."
            if delivery
            else "It tells of no mail of ours that failed."
        )
