import factory
from factory.django import DjangoModelFactory

from accounts.tests.factories import UserFactory
from therapists.models import AppointmentType, Offering, Specialism, Therapist


class SpecialismFactory(DjangoModelFactory):
    class Meta:
        model = Specialism

    name = factory.Sequence(lambda n: f"Specialism {n}")


class TherapistFactory(DjangoModelFactory):
    """Bookable at any time from now to ten years ahead; `signs_in=True` has a user."""

    class Meta:
        model = Therapist
        skip_postgeneration_save = True

    class Params:
        signs_in = factory.Trait(user=factory.SubFactory(UserFactory))

    name = factory.Sequence(lambda n: f"Therapist {n}")
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
