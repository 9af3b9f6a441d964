import pytest

from booking.tests.admin import form_codes
from therapists.models import (
    Specialism,
)
from therapists.tests.admin import SPECIALISMS
from therapists.tests.factories import (
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db


def test_a_specialism_that_exists_in_another_case_is_refused(manager):
    SpecialismFactory(name="Anxiety")

    response = manager.post(f"{SPECIALISMS}add/", {"name": "ANXIETY"})

    assert response.status_code == 200
    assert form_codes(response) == {"name": ["unique"]}
    assert Specialism.objects.count() == 1


def test_the_list_shows_how_many_therapists_have_each_specialism(manager):
    TherapistFactory(specialisms=["Anxiety"])
    TherapistFactory(specialisms=["Anxiety"])

    response = manager.get(SPECIALISMS)

    assert [s.therapist_count for s in response.context["cl"].queryset] == [2]
