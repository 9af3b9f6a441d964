import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.admin import NEW_PASSWORD, USERS, account, change
from accounts.tests.factories import UserFactory
from booking.tests.admin import form_codes

pytestmark = pytest.mark.django_db


def test_staff_add_a_person_by_address_and_password(staff):
    response = staff.post(f"{USERS}add/", account(email="New@Example.com"))

    assert response.status_code == 302, form_codes(response)
    person = User.objects.get(email="new@example.com")
    assert person.check_password(NEW_PASSWORD)
    assert not person.is_staff


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param(
            {"password1": "12345678", "password2": "12345678"},
            {"password2": ["password_too_common", "password_entirely_numeric"]},
            id="weak password",
        ),
        pytest.param({"email": "x"}, {"email": ["invalid"]}, id="no address"),
        pytest.param(
            {"email": "TAKEN@example.com"}, {"email": ["unique"]}, id="taken address"
        ),
        pytest.param(
            {"time_zone": "Mars/Base"},
            {"time_zone": ["unknown_time_zone"]},
            id="unknown time zone",
        ),
    ],
)
def test_an_invalid_account_is_refused_at_its_field(staff, changes, refused):
    UserFactory(email="taken@example.com")
    count = User.objects.count()

    response = staff.post(f"{USERS}add/", account(**changes))

    assert response.status_code == 200
    assert form_codes(response) == refused
    assert User.objects.count() == count


def test_staff_change_and_deactivate_a_client(staff):
    person = UserFactory()
    data = change(person, name="Other")
    del data["is_active"]

    response = staff.post(f"{USERS}{person.pk}/change/", data)

    assert response.status_code == 302, form_codes(response)
    person.refresh_from_db()
    assert person.name == "Other"
    assert not person.is_active


def test_staff_set_the_password_of_a_client(staff):
    person = UserFactory()

    response = staff.post(f"{USERS}{person.pk}/password/", account())

    assert response.status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)


def test_the_list_of_accounts_runs_a_fixed_number_of_queries(
    boss, django_assert_num_queries
):
    UserFactory.create_batch(20)

    # Session, user, second factor, the count, the page, and the groups to filter by.
    with django_assert_num_queries(6):
        response = boss.get(USERS)

    assert response.status_code == 200


def test_accounts_are_found_by_part_of_address_or_name(boss):
    person = UserFactory(email="zoe@example.com", name="Zoë")
    url = reverse("admin:autocomplete")
    field = {
        "app_label": "appointments",
        "model_name": "appointment",
        "field_name": "client",
    }

    listed = boss.get(USERS, {"q": "zoe@"})
    completed = boss.get(url, field | {"term": "Zoë"})

    assert list(listed.context["cl"].queryset) == [person]
    assert [hit["id"] for hit in completed.json()["results"]] == [str(person.pk)]


def test_a_search_term_with_nul_is_refused(boss):
    field = {
        "app_label": "appointments",
        "model_name": "appointment",
        "field_name": "client",
    }

    response = boss.get("/admin/autocomplete/", field | {"term": "a\0b"})

    assert response.status_code == 400


def test_autocomplete_leaves_out_inactive_accounts(staff):
    there = UserFactory(name="Kit Moss")
    UserFactory(name="Kit Quill", is_active=False)
    field = {"app_label": "appointments", "model_name": "appointment"}

    response = staff.get(
        "/admin/autocomplete/", field | {"field_name": "client", "term": "kit"}
    )

    assert [row["id"] for row in response.json()["results"]] == [str(there.pk)]


def test_the_front_desk_adds_a_client_on_the_phone(staff):
    sent = account(email="", name="Kit", phone="+44 20 7946 0018")

    response = staff.post(f"{USERS}add/", sent | {"usable_password": "false"})

    assert response.status_code == 302, form_codes(response)
    person = User.objects.get(name="Kit")
    assert (person.email, person.phone) == (None, "+442079460018")
    found = staff.get(USERS, {"q": "020 7946"})
    assert b"Kit" in found.content
    assert staff.get(f"{USERS}{person.pk}/change/").status_code == 200


def test_an_address_is_not_taken_away(manager):
    person = UserFactory(staff=True)

    response = manager.post(f"{USERS}{person.pk}/change/", change(person, email=""))

    assert form_codes(response) == {"email": ["address_kept"]}


@pytest.mark.parametrize(
    "changes", [{"is_staff": "on"}, {"name": ""}, {"phone": "020 7946 0018"}]
)
def test_an_account_that_nobody_could_reach_or_use_is_refused(boss, changes):
    person = UserFactory(email=None, name="Kit")

    response = boss.post(
        f"{USERS}{person.pk}/change/", change(person, email="", **changes)
    )

    assert response.status_code == 200
    assert form_codes(response)
    person.refresh_from_db()
    assert (person.is_staff, person.name, person.phone) == (False, "Kit", None)
