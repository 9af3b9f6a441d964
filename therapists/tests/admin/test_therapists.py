import pytest
from django.contrib.auth.models import Permission

from accounts.tests.factories import UserFactory
from appointments.tests.factories import AppointmentFactory
from booking.tests.admin import form_codes
from therapists.models import (
    Absence,
    Offering,
    Therapist,
    WorkingHours,
)
from therapists.tests.admin import HOUR, THERAPISTS, existing, get_page, therapist
from therapists.tests.factories import (
    AbsenceFactory,
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


def test_staff_add_a_therapist_with_an_offering(manager):
    anxiety, user = SpecialismFactory(name="Anxiety"), UserFactory()
    data = therapist(HOUR, specialisms=[anxiety.pk], user=user.pk)

    response = manager.post(f"{THERAPISTS}add/", data)

    assert response.status_code == 302, form_codes(response)
    added = Therapist.objects.get()
    assert (added.user, added.break_minutes) == (user, 10)
    assert list(added.specialisms.all()) == [anxiety]
    assert added.offerings.get().duration == 60


def test_staff_change_an_offering(manager):
    offering = OfferingFactory(duration=60)
    changed = existing(offering, type="one-off", duration=50)

    response = manager.post(get_page(offering.therapist), therapist(changed))

    assert response.status_code == 302, form_codes(response)
    assert Offering.objects.get().duration == 50


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"time_zone": "Mars/Base"}, {"time_zone": ["unknown_time_zone"]}),
        ({"break_minutes": 241}, {"break_minutes": ["max_value"]}),
        ({"break_minutes": -1}, {"break_minutes": ["min_value"]}),
        ({"booking_mode": "never"}, {"booking_mode": ["invalid_choice"]}),
        ({"start_step_minutes": 0}, {"start_step_minutes": ["min_value"]}),
        ({"start_step_minutes": 1441}, {"start_step_minutes": ["max_value"]}),
        ({"notice_hours": -1}, {"notice_hours": ["min_value"]}),
        (
            {"cancellation_notice_hours": 24 * 365 + 1},
            {"cancellation_notice_hours": ["max_value"]},
        ),
        ({"horizon_days": 3651}, {"horizon_days": ["max_value"]}),
        ({"horizon_days": 0}, {"horizon_days": ["min_value"]}),
        ({"name": ""}, {"name": ["required"]}),
        ({"user": "9" * 20}, {"user": ["invalid_choice"]}),
    ],
    ids=str,
)
def test_an_invalid_therapist_is_refused_at_its_field(manager, changes, refused):
    response = manager.post(f"{THERAPISTS}add/", therapist(**changes))

    assert response.status_code == 200
    assert form_codes(response) == refused
    assert not Therapist.objects.exists()


def test_a_type_offered_twice_is_refused(manager):
    response = manager.post(f"{THERAPISTS}add/", therapist(HOUR, HOUR))

    assert response.status_code == 200
    assert response.context["errors"]
    assert not Therapist.objects.exists()


def test_two_therapists_cannot_share_an_account(manager):
    taken = TherapistFactory(signs_in=True)

    response = manager.post(f"{THERAPISTS}add/", therapist(user=taken.user_id))

    assert response.status_code == 200
    assert form_codes(response) == {"user": ["unique"]}


def test_clients_cannot_become_their_own_therapist(manager):
    booked = AppointmentFactory()
    url = f"{THERAPISTS}{booked.therapist_id}/change/"

    response = manager.post(url, therapist(user=booked.client_id))

    assert response.status_code == 200
    assert form_codes(response) == {"user": ["own_client"]}
    assert Therapist.objects.get().user is None


def test_the_client_of_a_colleague_can_become_a_therapist(manager):
    client, other = AppointmentFactory().client, TherapistFactory()

    response = manager.post(
        f"{THERAPISTS}{other.pk}/change/", therapist(user=client.pk)
    )

    assert response.status_code == 302, form_codes(response)


def test_a_therapist_without_appointments_is_deleted_with_the_schedule(manager):
    pk = OfferingFactory().therapist_id
    WorkingHoursFactory(therapist=Therapist.objects.get())
    AbsenceFactory(therapist=Therapist.objects.get())

    response = manager.post(f"{THERAPISTS}{pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Therapist.objects.exists()
    for model in (Offering, WorkingHours, Absence):
        assert not model.objects.exists()


def test_the_list_runs_a_fixed_number_of_queries(manager, django_assert_num_queries):
    for number in range(10):
        TherapistFactory(signs_in=True, specialisms=["Anxiety", f"Special {number}"])

    # Session, user, second factor, two of rights, two counts, the page, its specialisms, and
    # the specialisms to filter by.
    with django_assert_num_queries(10):
        response = manager.get(THERAPISTS)

    assert response.status_code == 200


def test_the_page_runs_a_fixed_number_of_queries(manager, django_assert_num_queries):
    ada = OfferingFactory().therapist
    for number in range(10):
        WorkingHoursFactory(therapist=ada, weekday=1 + number % 5)
        AbsenceFactory(therapist=ada)

    # The process remembers the types of content that the page asks for.
    manager.get(get_page(ada))

    # The process remembers the content types that the page reads.
    manager.get(get_page(ada))

    # Session, user, second factor, two of rights, the therapist, the specialisms, and one for
    # each kind of row.
    with django_assert_num_queries(10):
        response = manager.get(get_page(ada))

    assert response.status_code == 200


def test_therapists_are_found_by_name_and_filtered_by_specialism(manager):
    ada = TherapistFactory(name="Ada", specialisms=["Anxiety"])
    TherapistFactory(name="Bob")

    found = manager.get(THERAPISTS, {"q": "ad"})
    narrowed = manager.get(
        THERAPISTS, {"specialisms__id__exact": ada.specialisms.get().pk}
    )

    assert list(found.context["cl"].queryset) == [ada]
    assert list(narrowed.context["cl"].queryset) == [ada]


@pytest.mark.parametrize("id", ["0", "x", "9" * 20])
def test_a_change_of_an_unknown_therapist_leads_to_the_index(manager, id):
    response = manager.post(f"/admin/therapists/therapist/{id}/change/", {})

    assert response.status_code == 302
    assert response.url == "/admin/"


@pytest.mark.parametrize("is_superuser", [True, False])
def test_a_manager_links_no_account_with_more_rights(
    manager, nothing_changes, is_superuser
):
    row = TherapistFactory()
    other = UserFactory(staff=True, is_superuser=is_superuser)
    if not is_superuser:
        other.user_permissions.add(Permission.objects.get(codename="delete_user"))
    pages = [get_page(row), f"{THERAPISTS}add/"]

    with nothing_changes():
        responses = [manager.post(url, therapist(user=other.pk)) for url in pages]

    assert [form_codes(response) for response in responses] == [
        {"user": ["has_more_rights"]}
    ] * 2


def test_a_manager_changes_a_therapist_who_has_more_rights_already(manager):
    row = TherapistFactory(user=UserFactory(staff=True, is_superuser=True))

    response = manager.post(get_page(row), therapist(user=row.user_id, name="Bea"))

    assert response.status_code == 302
    assert Therapist.objects.get().name == "Bea"
