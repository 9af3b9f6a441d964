"""How tests seed a practice and count what it has."""

from io import StringIO

from django.core.management import call_command

from accounts.models import User
from appointments.models import Appointment
from appointments.tests.factories import NOW
from therapists.models import Specialism, Therapist, WorkingHours

FIXTURES = ["specialisms", "therapists", "demo_users", "appointments"]
MODELS = [Specialism, Therapist, WorkingHours, User, Appointment]


def load_fixtures():
    call_command("loaddata", *FIXTURES, verbosity=0)


def seed(**options):
    """Run `seed_db` and return its output."""
    output = StringIO()
    call_command("seed_db", stdout=output, **options)
    return output.getvalue()


def get_upcoming():
    """Appointments that seeding published; those of the fixtures are before `NOW`."""
    return Appointment.objects.filter(start__gt=NOW).order_by("start", "pk")


def count_rows():
    return [model.objects.count() for model in MODELS]
