from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from appointments import seeds
from therapists.models import Therapist


class Command(BaseCommand):
    help = (
        "Loads the fixtures into an empty directory and publishes open appointments "
        "of its therapists over the next four weeks. Again, it adds what is missing. "
        "In stage dev there are demo accounts too."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--force", action="store_true", help="Also in stage prod, without accounts."
        )
        parser.add_argument(
            "--only-if-empty",
            action="store_true",
            help="Do nothing when there are users or therapists.",
        )

    @transaction.atomic
    def handle(self, *, force, only_if_empty, **options):
        if settings.STAGE == "prod" and not force:
            raise CommandError("This is stage prod: seed it with --force, or not.")
        if only_if_empty and (User.objects.exists() or Therapist.objects.exists()):
            self.stdout.write("Left as it is: there are users or therapists.")
        else:
            self._seed()
        # Everybody knows their password: elsewhere they must not exist.
        if settings.STAGE == "dev":
            self._name_demo_users()

    def _seed(self):
        loaded = seeds.load_fixtures(demo=settings.STAGE == "dev")
        if loaded:
            self.stdout.write(f"Loaded the fixtures {', '.join(loaded)}.")
        else:
            self.stdout.write("Loaded no fixtures: there are therapists.")
        added = seeds.publish_open_appointments()
        self.stdout.write(f"Published {added} open appointments.")

    def _name_demo_users(self):
        people = seeds.demo_users().select_related("therapist")
        if people:
            password = seeds.DEMO_PASSWORD
            self.stdout.write(f"Demo accounts, all with the password “{password}”:")
        for person in people:
            self.stdout.write(f"  {person.email:<20} {_role(person)}")


def _role(person):
    if person.is_superuser:
        return "superuser"
    if person.is_staff:
        return "staff"
    return "therapist" if hasattr(person, "therapist") else "client"
