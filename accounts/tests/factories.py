import factory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import User

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """A client. `staff=True` makes a member of the front desk, or of another `group`.

    Superusers are in no group, and neither are staff with `group=""`.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        staff = factory.Trait(is_staff=True)

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))

    @factory.post_generation
    def group(self, create, extracted, **options):
        name = "Front desk" if extracted is None else extracted
        if self.is_staff and not self.is_superuser and name:
            self.groups.add(Group.objects.get(name=name))


def make_staff(user, group="Front desk"):
    """Make staff of somebody who is a therapist or a client."""
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.get(name=group))
