from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AccountMessage, SecondFactor, SecurityEvent

pytestmark = pytest.mark.django_db

COMMAND = "remove_second_factors"


def test_the_command_removes_the_factors_of_an_account(enrol, user, clerk):
    enrol(user)
    enrol(clerk)
    said = StringIO()

    call_command(COMMAND, user.email.upper(), stdout=said)

    assert said.getvalue() == "Removed 1 second factors.\n"
    assert SecondFactor.objects.get().user == clerk
    assert AccountMessage.objects.filter(user=user, kind="changed.factor_removed")
    assert SecurityEvent.objects.get(kind="second_factor_removed").account == user


def test_the_command_refuses_an_unknown_address(enrol, user):
    enrol(user)

    with pytest.raises(CommandError):
        call_command(COMMAND, "nobody@example.com")

    assert SecondFactor.objects.exists()
