from datetime import UTC, date, datetime, time

import factory
from factory.django import DjangoModelFactory

from accounts.tests.factories import UserFactory
from therapists.models import (
    Absence,
    AppointmentType,
    BookingMode,
    Closure,
    Offering,
    Specialism,
    Therapist,
    WorkingHours,
)


class SpecialismFactory(DjangoModelFactory):
    class Meta:
        model = Specialism

    name = factory.Sequence(lambda n: f"Specialism {n}")


class TherapistFactory(DjangoModelFactory):
    """Bookable at any time from now to ten years ahead; `signs_in=True` has a user.

    `slotted=True` has slots instead.
    """

    class Meta:
        model = Therapist
        skip_postgeneration_save = True

    class Params:
        signs_in = factory.Trait(user=factory.SubFactory(UserFactory))
        slotted = factory.Trait(booking_mode=BookingMode.WORKING_HOURS)

    name = factory.Sequence(lambda n: f"Therapist {n}")
    booking_mode = BookingMode.ANY_TIME
    any_time_from = any_time_until = time(0)
    longest_minutes = 480
    notice_hours = 0
    horizon_days = 3650

    @factory.post_generation
    def specialisms(self, create, names):
        for name in names or ():
            found = Specialism.objects.filter(name__iexact=name).first()
            self.specialisms.add(found or SpecialismFactory(name=name))


class OfferingFactory(DjangoModelFactory):
    class Meta:
        model = Offering

    therapist = factory.SubFactory(TherapistFactory)
    type = AppointmentType.ONE_OFF
    duration = 60


class WorkingHoursFactory(DjangoModelFactory):
    """Mondays from 9 to 17; `week` makes the same for Monday to Friday."""

    class Meta:
        model = WorkingHours

    therapist = factory.SubFactory(TherapistFactory)
    weekday = 1
    start = time(9)
    end = time(17)

    @classmethod
    def week(cls, therapist, **times):
        return [cls(therapist=therapist, weekday=day, **times) for day in range(1, 6)]


class AbsenceFactory(DjangoModelFactory):
    class Meta:
        model = Absence

    therapist = factory.SubFactory(TherapistFactory)
    start = datetime(2030, 2, 4, tzinfo=UTC)
    end = datetime(2030, 2, 9, tzinfo=UTC)


class ClosureFactory(DjangoModelFactory):
    class Meta:
        model = Closure

    start = end = date(2030, 1, 1)
    name = factory.Sequence(lambda n: f"Holiday {n}")
