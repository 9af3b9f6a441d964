"""What the database promises, however a row is written."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError

from appointments.tests.factories import AppointmentFactory
from therapists.models import Specialism, Therapist
from therapists.tests.factories import (
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "second"),
    [("Anxiety", "ANXIETY"), ("Ängste", "ÄNGSTE")],
)
def test_a_specialism_exists_only_once_in_any_case(first, second):
    SpecialismFactory(name=first)

    with pytest.raises(ValidationError):
        Specialism(name=second).full_clean()
    with pytest.raises(IntegrityError, match="unique_whatever_its_case"):
        SpecialismFactory(name=second)


@pytest.mark.parametrize("name", ["Ängste", "ÄNGSTE", "ängste"])
def test_fixtures_find_a_specialism_in_any_case(name):
    found = SpecialismFactory(name="Ängste")
    SpecialismFactory(name="Trauma")

    assert Specialism.objects.get_by_natural_key(name) == found


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"break_minutes": 241}, "therapist_break_within_bounds"),
        ({"break_minutes": -1}, "therapist_break_within_bounds"),
        ({"notice_hours": 24 * 365 + 1}, "therapist_notice_within_bounds"),
        ({"horizon_days": 0}, "therapist_horizon_within_bounds"),
        ({"horizon_days": 3651}, "therapist_horizon_within_bounds"),
    ],
)
def test_a_therapists_settings_stay_within_bounds(changes, constraint):
    with pytest.raises(ValidationError):
        TherapistFactory.build(**changes).full_clean()
    with pytest.raises(IntegrityError, match=constraint):
        TherapistFactory(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"break_minutes": 0, "notice_hours": 0, "horizon_days": 1},
        {"break_minutes": 240, "notice_hours": 24 * 365, "horizon_days": 3650},
    ],
)
def test_the_bounds_themselves_are_allowed(changes):
    TherapistFactory.build(**changes).full_clean()

    assert TherapistFactory(**changes).pk


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "utc/", "CET"])
def test_a_therapists_time_zone_is_a_known_one(zone):
    with pytest.raises(ValidationError) as refused:
        TherapistFactory.build(time_zone=zone).full_clean()

    assert refused.value.error_dict.keys() == {"time_zone"}


@pytest.mark.parametrize("duration", [4, 481])
def test_an_offering_lasts_from_5_to_480_minutes(duration):
    with pytest.raises(IntegrityError, match="offering_duration_within_bounds"):
        OfferingFactory(duration=duration)


def test_an_offering_has_a_known_type():
    with pytest.raises(IntegrityError, match="offering_type_is_known"):
        OfferingFactory(type="group")


def test_a_therapist_offers_a_type_only_once():
    first = OfferingFactory()

    with pytest.raises(IntegrityError, match="offering_one_per_therapist_and_type"):
        OfferingFactory(therapist=first.therapist, duration=30)


def test_a_user_is_at_most_one_therapist():
    first = TherapistFactory(signs_in=True)

    with pytest.raises(IntegrityError, match="user_id"):
        TherapistFactory(user=first.user)


def test_a_therapist_with_appointments_cannot_be_deleted():
    appointment = AppointmentFactory(therapist=TherapistFactory(signs_in=True))

    with pytest.raises(ProtectedError):
        appointment.therapist.delete()
    with pytest.raises(ProtectedError):
        appointment.therapist.user.delete()
    assert Therapist.objects.count() == 1
