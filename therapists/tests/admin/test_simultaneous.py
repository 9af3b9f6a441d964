"""Two users who save the same at the same moment."""

import pytest
from django.contrib.admin import ModelAdmin

from accounts.tests.factories import UserFactory
from booking.tests.admin import form_codes
from therapists.models import (
    Offering,
    Specialism,
)
from therapists.tests.admin import HOUR, SPECIALISMS, THERAPISTS, therapist
from therapists.tests.factories import (
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def overtaken(monkeypatch, at_once):
    """Let another user make a call right before the next row is saved."""

    def by(call):
        calls, save = [call], ModelAdmin.save_model

        def save_later(*args):
            if calls:
                at_once(calls.pop())
            save(*args)

        monkeypatch.setattr(ModelAdmin, "save_model", save_later)

    return by


def test_the_second_of_two_equal_specialisms_is_refused_at_its_name(overtaken, boss):
    overtaken(lambda: SpecialismFactory(name="Grief"))

    response = boss.post(f"{SPECIALISMS}add/", {"name": "grief"})

    assert response.status_code == 200
    assert form_codes(response) == {"name": ["unique"]}
    assert Specialism.objects.get().name == "Grief"


def test_the_second_of_two_equal_accounts_is_refused_at_its_address(overtaken, boss):
    overtaken(lambda: UserFactory(email="kit@example.com"))
    kit = {
        "email": "kit@example.com",
        "time_zone": "UTC",
        "language": "en",
        "usable_password": "false",
    }

    response = boss.post("/admin/accounts/user/add/", kit)

    assert response.status_code == 200
    assert form_codes(response) == {"email": ["unique"]}


def test_the_second_of_two_equal_offerings_is_reported(overtaken, boss):
    ada = TherapistFactory(name="Ada")
    overtaken(lambda: OfferingFactory(therapist=ada, type=HOUR["type"]))

    response = boss.post(f"{THERAPISTS}{ada.pk}/change/", therapist(HOUR))

    assert response.status_code == 302
    page = boss.get(response["Location"])
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Offering.objects.count() == 1
