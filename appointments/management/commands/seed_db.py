from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from appointments import seeds
from therapists.models import Therapist


class Command(BaseCommand):
    help = (
        "Loads the fixtures if there are no therapists, and publishes appointments of "
        "the fixtures' therapists for the next four weeks. A later run adds what is "
        "missing. Stage dev gets demo accounts too."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--force", action="store_true", help="Seed in stage prod too."
        )
        parser.add_argument(
            "--only-if-empty",
            action="store_true",
            help="Do nothing if there are users or therapists.",
        )

    @transaction.atomic
    def handle(self, *, force, only_if_empty, **options):
        if settings.STAGE == "prod" and not force:
            raise CommandError("In stage prod, seeding needs --force.")
        if only_if_empty and (User.objects.exists() or Therapist.objects.exists()):
            self.stdout.write("Nothing was seeded: there are users or therapists.")
        else:
            self._seed()
        # Their password is public, so no other stage has these accounts.
        if settings.STAGE == "dev":
            self._list_demo_users()

    def _seed(self):
        fixtures = seeds.load_fixtures(demo=settings.STAGE == "dev")
        if fixtures:
            self.stdout.write(f"Loaded the fixtures {', '.join(fixtures)}.")
        else:
            self.stdout.write("Loaded no fixtures: there are therapists.")
        published = seeds.publish_appointments()
        self.stdout.write(f"Published {published} available appointments.")

    def _list_demo_users(self):
        people = (
            seeds.demo_users().select_related("therapist").prefetch_related("groups")
        )
        if people:
            password = seeds.DEMO_PASSWORD
            self.stdout.write(f"Demo accounts, all with the password “{password}”:")
        for person in people:
            self.stdout.write(f"  {person.email:<20} {_get_role(person)}")


def _get_role(person):
    if person.is_superuser:
        return "superuser"
    if person.is_staff:
        return ", ".join(group.name.lower() for group in person.groups.all())
    return "therapist" if hasattr(person, "therapist") else "client"
