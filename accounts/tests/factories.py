import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from accounts.models import User

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """A client; `staff=True` makes staff of them."""

    class Meta:
        model = User

    class Params:
        staff = factory.Trait(is_staff=True)

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
