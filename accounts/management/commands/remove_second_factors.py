from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.second_factors import remove


class Command(BaseCommand):
    help = (
        "Removes the second factors of an account, for a superuser who has lost them. Others "
        "ask a superuser. The owner is told by mail."
    )

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *, address, **options):
        email = User.objects.normalize_email(address)
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        factors = list(user.second_factors.confirmed())
        for factor in factors:
            remove(factor)
        self.stdout.write(f"Removed {len(factors)} second factors.")
