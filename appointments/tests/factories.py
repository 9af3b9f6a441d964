from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Series
from appointments.models.statuses import CONCLUDED, Role, Status
from therapists.models import AppointmentType
from therapists.tests.factories import TherapistFactory

NOW = datetime(2029, 12, 1, 8, tzinfo=UTC)  # when each test begins
FIRST_SESSION = datetime(2030, 1, 7, 9, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)


def _if_status(status, value, otherwise=None):
    return factory.LazyAttribute(
        lambda self: value if self.status == status else otherwise
    )


class AppointmentFactory(DjangoModelFactory):
    """A booked hour; each is on the next day, so no two overlap by chance.

    A long run of tests starts anew, before it comes to times that are too far to book.
    """

    class Meta:
        model = Appointment

    class Params:
        available = factory.Trait(
            status=Status.AVAILABLE, client=None, was_published=True
        )
        held = factory.Trait(status=Status.HELD)
        cancelled = factory.Trait(status=Status.CANCELLED)

    therapist = factory.SubFactory(TherapistFactory)
    client = factory.SubFactory(UserFactory)
    type = AppointmentType.ONE_OFF
    status = Status.BOOKED
    start = factory.Sequence(lambda n: FIRST_SESSION + timedelta(days=n % 2_000))
    end = factory.LazyAttribute(lambda self: self.start + HOUR)
    busy_until = factory.LazyAttribute(
        lambda self: self.end + self.therapist.break_after
    )
    # Columns that a status requires.
    hold_expires_at = _if_status(Status.HELD, NOW + timedelta(minutes=10))
    cancelled_at = _if_status(Status.CANCELLED, NOW)
    cancelled_by = _if_status(Status.CANCELLED, Role.PRACTICE, otherwise="")
    concluded_at = factory.LazyAttribute(
        lambda self: self.end if self.status in CONCLUDED else None
    )


class SeriesFactory(DjangoModelFactory):
    """Two weekly appointments, the first two hours after the first session."""

    class Meta:
        model = Series
        skip_postgeneration_save = True

    therapist = factory.SubFactory(TherapistFactory)
    client = factory.SubFactory(UserFactory)
    type = AppointmentType.ONE_OFF
    start = FIRST_SESSION + 2 * HOUR
    duration = 60
    every_weeks = 1
    count = 2

    @factory.post_generation
    def dates(self, create, extracted):
        for number in range(self.count):
            AppointmentFactory(
                series=self,
                occurrence=number + 1,
                therapist=self.therapist,
                client=self.client,
                start=self.start + timedelta(weeks=number * self.every_weeks),
            )


def booking_request(therapist, **changes):
    """The body of a request for the first session."""
    return {
        "start": FIRST_SESSION.isoformat(),
        "duration": 60,
        "type": "one-off",
        "therapist_id": therapist.pk,
    } | changes


# The columns with which `update` cancels an appointment of any status.
CANCELLATION = {
    "status": Status.CANCELLED,
    "cancelled_at": NOW,
    "cancelled_by": Role.PRACTICE,
    "hold_expires_at": None,
    "concluded_at": None,
}


def get_user(appointment, role):
    """Return a user who acts on the appointment in this role."""
    if role == Role.CLIENT:
        return appointment.client
    return get_diary_user(appointment.therapist, role)


def get_diary_user(therapist, role):
    """Return the account of the therapist, or one of staff."""
    return therapist.user if role == Role.THERAPIST else UserFactory(staff=True)
