import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db.models import F

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
from appointments.seeds import DEMO_PASSWORD, demo_users
from appointments.tests.management.seeding import MODELS, count_rows, load_fixtures
from therapists.models import Absence, BookingMode, Specialism, Therapist, WorkingHours
from therapists.tests.factories import SpecialismFactory, TherapistFactory

pytestmark = pytest.mark.django_db


def test_the_fixtures_can_be_loaded_twice():
    load_fixtures()
    counts = count_rows()

    load_fixtures()

    assert count_rows() == counts
    assert min(counts) >= 7


def test_rows_added_after_the_fixtures_have_new_ids(api):
    load_fixtures()
    ids = set(Appointment.objects.values_list("pk", flat=True))
    body = {
        "therapist_id": 1,
        "start": "2030-06-06T12:41:00Z",
        "duration": 77,
        "type": "consultation",
    }

    response = api(UserFactory()).post("/api/v1/appointments", body)

    assert response.status_code == 201, response.data
    assert response.json()["id"] not in ids
    assert TherapistFactory().pk > 10


@pytest.mark.parametrize("pk", [1, 2])
def test_therapists_1_and_2_can_be_booked_at_any_time(pk):
    load_fixtures()

    therapist = Therapist.objects.get(pk=pk)

    assert therapist.is_active
    assert therapist.booking_mode == BookingMode.ANY_TIME
    assert (therapist.notice_hours, therapist.horizon_days) == (0, 3650)
    assert not therapist.offerings.exists()
    assert not therapist.hours.exists()
    assert not therapist.appointments.exists()


def test_every_row_of_the_fixtures_is_valid():
    load_fixtures()

    for model in [*MODELS, Absence]:
        for row in model.objects.all():
            row.full_clean()


def test_the_fixtures_have_examples_of_every_schedule():
    load_fixtures()

    slotted = Therapist.objects.filter(booking_mode=BookingMode.WORKING_HOURS)

    assert len(set(slotted.values_list("time_zone", flat=True))) >= 5
    for therapist in slotted:
        assert therapist.offerings.exists()
        assert therapist.hours.exists()
    past_midnight = WorkingHours.objects.filter(end__lte=F("start"))
    assert past_midnight.exists()
    assert WorkingHours.objects.exclude(valid_from=None).exists()
    assert WorkingHours.objects.exclude(valid_until=None).exists()
    anytime = Therapist.objects.filter(booking_mode=BookingMode.ANY_TIME)
    assert anytime.exclude(offerings=None).exists()


def test_the_fixtures_find_specialisms_by_name_in_any_case():
    SpecialismFactory(name="ANXIETY")

    load_fixtures()

    assert Specialism.objects.filter(name__iexact="anxiety").count() == 1


def test_demo_accounts_have_the_demo_password_and_a_role():
    load_fixtures()

    people = {user.email: user for user in demo_users()}

    for user in people.values():
        assert Argon2PasswordHasher().verify(DEMO_PASSWORD, user.password)
    assert people["admin@example.com"].is_superuser
    groups = {
        user.email: user.groups.get().name
        for user in people.values()
        if user.groups.all()
    }
    assert groups == {
        "staff@example.com": "Front desk",
        "manager@example.com": "Practice manager",
        "auditor@example.com": "Auditor",
    }
    assert sum(hasattr(user, "therapist") for user in people.values()) == 2
