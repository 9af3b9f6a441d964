import pytest
from django.contrib.admin import ModelAdmin

from accounts.tests.factories import UserFactory
from appointments.tests.factories import AppointmentFactory
from therapists.models import Offering, Specialism, Therapist
from therapists.tests.factories import (
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

THERAPISTS = "/admin/therapists/therapist/"
SPECIALISMS = "/admin/therapists/specialism/"


def therapist(*offerings, **changes):
    rows = {
        f"offerings-{row}-{name}": value
        for row, offering in enumerate(offerings)
        for name, value in offering.items()
    }
    kept = sum("id" in offering for offering in offerings)
    return {
        "name": "Ada",
        "is_active": "on",
        "time_zone": "Europe/London",
        "break_minutes": 10,
        "notice_hours": 24,
        "horizon_days": 90,
        "offerings-TOTAL_FORMS": len(offerings),
        "offerings-INITIAL_FORMS": kept,
        **rows,
    } | changes


HOUR = {"type": "one-off", "duration": 60}


def codes(response):
    errors = response.context["adminform"].form.errors.as_data()
    return {field: [e.code for e in found] for field, found in errors.items()}


def test_staff_add_a_therapist_with_an_offering(staff):
    anxiety, user = SpecialismFactory(name="Anxiety"), UserFactory()
    data = therapist(HOUR, specialisms=[anxiety.pk], user=user.pk)

    response = staff.post(f"{THERAPISTS}add/", data)

    assert response.status_code == 302, codes(response)
    added = Therapist.objects.get()
    assert (added.user, added.break_minutes) == (user, 10)
    assert list(added.specialisms.all()) == [anxiety]
    assert added.offerings.get().duration == 60


def test_staff_change_an_offering(staff):
    offering = OfferingFactory(duration=60)
    url = f"{THERAPISTS}{offering.therapist_id}/change/"
    row = {"id": offering.pk, "therapist": offering.therapist_id}

    response = staff.post(url, therapist(HOUR | row | {"duration": 50}))

    assert response.status_code == 302, codes(response)
    assert Offering.objects.get().duration == 50


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"time_zone": "Mars/Base"}, {"time_zone": ["unknown_time_zone"]}),
        ({"break_minutes": 241}, {"break_minutes": ["max_value"]}),
        ({"horizon_days": 0}, {"horizon_days": ["min_value"]}),
        ({"name": ""}, {"name": ["required"]}),
        ({"user": "9" * 20}, {"user": ["invalid_choice"]}),
    ],
    ids=lambda value: "-".join(value),
)
def test_a_refused_therapist_is_an_error_at_its_field(staff, changes, refused):
    response = staff.post(f"{THERAPISTS}add/", therapist(**changes))

    assert response.status_code == 200
    assert codes(response) == refused
    assert not Therapist.objects.exists()


def test_a_type_offered_twice_is_an_error_of_the_form(staff):
    response = staff.post(f"{THERAPISTS}add/", therapist(HOUR, HOUR))

    assert response.status_code == 200
    assert response.context["errors"]
    assert not Therapist.objects.exists()


def test_two_therapists_cannot_share_an_account(staff):
    taken = TherapistFactory(signs_in=True)

    response = staff.post(f"{THERAPISTS}add/", therapist(user=taken.user_id))

    assert response.status_code == 200
    assert codes(response) == {"user": ["unique"]}


def test_nobody_becomes_the_therapist_whose_client_they_are(staff):
    booked = AppointmentFactory()
    url = f"{THERAPISTS}{booked.therapist_id}/change/"

    response = staff.post(url, therapist(user=booked.client_id))

    assert response.status_code == 200
    assert codes(response) == {"user": ["own_client"]}
    assert Therapist.objects.get().user is None


def test_the_client_of_a_colleague_may_become_a_therapist(staff):
    client, other = AppointmentFactory().client, TherapistFactory()

    response = staff.post(f"{THERAPISTS}{other.pk}/change/", therapist(user=client.pk))

    assert response.status_code == 302, codes(response)


def test_a_specialism_that_exists_in_another_case_is_an_error_at_its_name(staff):
    SpecialismFactory(name="Anxiety")

    response = staff.post(f"{SPECIALISMS}add/", {"name": "ANXIETY"})

    assert response.status_code == 200
    assert codes(response) == {"name": ["unique"]}
    assert Specialism.objects.count() == 1


def test_a_therapist_without_appointments_is_deleted_with_the_offerings(staff):
    pk = OfferingFactory().therapist_id

    response = staff.post(f"{THERAPISTS}{pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Therapist.objects.exists()
    assert not Offering.objects.exists()


def test_the_list_needs_a_fixed_number_of_queries(staff, django_assert_num_queries):
    for number in range(10):
        TherapistFactory(signs_in=True, specialisms=["Anxiety", f"Special {number}"])

    # Session, user, two of permissions, two counts, the page, its specialisms, and
    # the specialisms to filter by.
    with django_assert_num_queries(9):
        response = staff.get(THERAPISTS)

    assert response.status_code == 200


def test_specialisms_show_how_many_therapists_work_with_them(staff):
    TherapistFactory(specialisms=["Anxiety"])
    TherapistFactory(specialisms=["Anxiety"])

    response = staff.get(SPECIALISMS)

    assert [s.therapist_count for s in response.context["cl"].queryset] == [2]


def test_therapists_are_found_by_name_and_filtered_by_specialism(staff):
    ada = TherapistFactory(name="Ada", specialisms=["Anxiety"])
    TherapistFactory(name="Bob")

    found = staff.get(THERAPISTS, {"q": "ad"})
    narrowed = staff.get(
        THERAPISTS, {"specialisms__id__exact": ada.specialisms.get().pk}
    )

    assert list(found.context["cl"].queryset) == [ada]
    assert list(narrowed.context["cl"].queryset) == [ada]


@pytest.fixture
def overtaken(monkeypatch, at_once):
    """Let somebody else do something right before the next row is saved."""

    def by(call):
        calls, save = [call], ModelAdmin.save_model

        def save_later(*args):
            if calls:
                at_once(calls.pop())
            save(*args)

        monkeypatch.setattr(ModelAdmin, "save_model", save_later)

    return by


def test_of_two_who_add_a_specialism_at_once_one_is_told(overtaken, boss):
    overtaken(lambda: SpecialismFactory(name="Grief"))

    response = boss.post(f"{SPECIALISMS}add/", {"name": "grief"})

    assert response.status_code == 200
    assert codes(response) == {"name": ["unique"]}
    assert Specialism.objects.get().name == "Grief"


def test_of_two_who_add_an_account_at_once_one_is_told(overtaken, boss):
    overtaken(lambda: UserFactory(email="kit@example.com"))
    kit = {"email": "kit@example.com", "time_zone": "UTC", "usable_password": "false"}

    response = boss.post("/admin/accounts/user/add/", kit)

    assert response.status_code == 200
    assert codes(response) == {"email": ["unique"]}


def test_of_two_who_add_an_offering_at_once_one_is_told(overtaken, boss):
    ada = TherapistFactory(name="Ada")
    overtaken(lambda: OfferingFactory(therapist=ada, type=HOUR["type"]))

    response = boss.post(f"{THERAPISTS}{ada.pk}/change/", therapist(HOUR))

    assert response.status_code == 302
    page = boss.get(response["Location"])
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Offering.objects.count() == 1
