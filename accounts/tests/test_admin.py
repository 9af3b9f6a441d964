import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
LOGIN = "/admin/login/"
NEW_PASSWORD = "another horse battery"


def account(**changes):
    return {
        "email": "new@example.com",
        "name": "New Person",
        "time_zone": "Europe/London",
        "usable_password": "true",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    } | changes


def change(person, **changes):
    shown = {"email": person.email, "name": person.name, "time_zone": "UTC"}
    return shown | {"is_active": "on"} | changes


def codes(response):
    errors = response.context["adminform"].form.errors.as_data()
    return {field: [e.code for e in found] for field, found in errors.items()}


def test_staff_add_a_person_by_address_and_password(staff):
    response = staff.post(f"{USERS}add/", account(email="New@Example.com"))

    assert response.status_code == 302, codes(response)
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
def test_a_refused_account_is_an_error_at_its_field(staff, changes, refused):
    UserFactory(email="taken@example.com")
    count = User.objects.count()

    response = staff.post(f"{USERS}add/", account(**changes))

    assert response.status_code == 200
    assert codes(response) == refused
    assert User.objects.count() == count


def test_staff_change_and_deactivate_a_client(staff):
    person = UserFactory()
    data = change(person, name="Other")
    del data["is_active"]

    response = staff.post(f"{USERS}{person.pk}/change/", data)

    assert response.status_code == 302, codes(response)
    person.refresh_from_db()
    assert person.name == "Other"
    assert not person.is_active


def test_staff_set_the_password_of_a_client(staff):
    person = UserFactory()

    response = staff.post(f"{USERS}{person.pk}/password/", account())

    assert response.status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)


POWERS = {
    "is_staff": "on",
    "is_superuser": "on",
    "groups": ["1"],
    "user_permissions": ["1", "2"],
}


def test_staff_make_nobody_staff(staff):
    person = UserFactory()

    added = staff.post(f"{USERS}add/", account(**POWERS))
    changed = staff.post(f"{USERS}{person.pk}/change/", change(person, **POWERS))

    assert (added.status_code, changed.status_code) == (302, 302)
    for powerless in User.objects.filter(email__in=["new@example.com", person.email]):
        assert not powerless.is_staff
        assert not powerless.is_superuser
        assert not powerless.groups.exists()
        assert not powerless.user_permissions.exists()


def test_staff_do_not_raise_themselves(staff, clerk):
    url = f"{USERS}{clerk.pk}/change/"

    response = staff.post(url, change(clerk, name="Raised", **POWERS))

    assert response.status_code == 302
    clerk.refresh_from_db()
    assert clerk.name == "Raised"
    assert not clerk.is_superuser
    assert not clerk.user_permissions.exists()


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("page", ["change", "password", "delete"])
def test_staff_do_not_touch_powerful_others(staff, power, page):
    other = UserFactory(**{power: True})
    data = change(other, email="mine@example.com") | account(post="yes")

    response = staff.post(f"{USERS}{other.pk}/{page}/", data)

    assert response.status_code == 403
    stored = User.objects.get(pk=other.pk)
    assert (stored.email, stored.password) == (other.email, other.password)


def test_even_with_permission_staff_delete_no_powerful_others(staff, clerk):
    group = clerk.groups.get()
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    other, client = UserFactory(staff=True), UserFactory()
    picked = {"action": "delete_selected", "post": "yes"}

    one = staff.post(f"{USERS}{other.pk}/delete/", {"post": "yes"})
    many = staff.post(
        USERS, picked | {"_selected_action": [str(client.pk), str(other.pk)]}
    )

    assert (one.status_code, many.status_code) == (403, 403)
    assert User.objects.filter(pk__in=[other.pk, client.pk]).count() == 2


def test_staff_may_look_at_other_staff(staff):
    other = UserFactory(staff=True)

    response = staff.get(f"{USERS}{other.pk}/change/")

    assert response.status_code == 200
    assert not response.context["has_change_permission"]
    assert other.password not in response.content.decode()


def test_superusers_make_staff(boss):
    person = UserFactory()
    group = Group.objects.get(name="Practice staff")
    powers = {"is_staff": "on", "groups": [str(group.pk)]}

    response = boss.post(f"{USERS}{person.pk}/change/", change(person, **powers))

    assert response.status_code == 302, codes(response)
    person.refresh_from_db()
    assert person.is_staff
    assert person.groups.get() == group


def test_the_group_of_staff_may_do_the_daily_work_and_nothing_more(clerk):
    every = {"view", "add", "change", "delete"}
    things = [
        "therapist",
        "specialism",
        "offering",
        "workinghours",
        "absence",
        "closure",
    ]

    assert clerk.get_all_permissions() == {
        *(f"accounts.{verb}_user" for verb in every - {"delete"}),
        *(f"appointments.{verb}_appointment" for verb in every - {"delete"}),
        "appointments.view_series",
        *(f"therapists.{verb}_{thing}" for verb in every for thing in things),
    }


def test_staff_see_the_daily_work_and_nothing_more(staff):
    response = staff.get("/admin/")

    shown = {
        model["object_name"]
        for app in response.context["app_list"]
        for model in app["models"]
    }
    people = {"User", "Therapist", "Specialism"}
    assert shown == people | {"Appointment", "Series", "Closure"}
    assert staff.get("/admin/auth/group/").status_code == 403
    assert staff.get("/admin/token_blacklist/outstandingtoken/").status_code == 404


@pytest.mark.parametrize("signed_in", [True, False])
def test_only_staff_come_in(client, signed_in):
    if signed_in:
        client.force_login(UserFactory())

    response = client.get(USERS)

    assert response.status_code == 302
    assert response.url.startswith(LOGIN)


def test_hashes_cannot_be_guessed_through_filters(staff):
    UserFactory(password="secret hash")

    for url in (
        f"{USERS}?password__startswith=s",
        "/admin/appointments/appointment/?client__password__startswith=s",
        "/admin/therapists/therapist/?user__password__startswith=s",
    ):
        assert staff.get(url).status_code in (302, 400)


def test_the_list_of_people_needs_a_fixed_number_of_queries(
    boss, django_assert_num_queries
):
    UserFactory.create_batch(20)

    # Session, user, two counts, the page, and the groups to filter by.
    with django_assert_num_queries(6):
        response = boss.get(USERS)

    assert response.status_code == 200


def test_people_are_found_by_part_of_address_or_name(boss):
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


def test_a_term_that_no_text_can_contain_is_refused(boss):
    field = {
        "app_label": "appointments",
        "model_name": "appointment",
        "field_name": "client",
    }

    response = boss.get("/admin/autocomplete/", field | {"term": "a\0b"})

    assert response.status_code == 400


def test_signing_in_with_the_address_in_any_case(client):
    UserFactory(email="boss@example.com", staff=True)

    response = client.post(
        LOGIN, {"username": "Boss@Example.COM", "password": PASSWORD}
    )

    assert response.status_code == 302


def test_the_admin_and_the_api_count_logins_together(client):
    UserFactory(email="boss@example.com", staff=True)
    spellings = ["boss@example.com", "BOSS@example.com", "Boss@Example.com"]
    for attempt in range(10):
        wrong = {"email": spellings[attempt % 3], "password": "wrong"}
        response = client.post(
            "/api/v1/auth/login", wrong, "application/json", REMOTE_ADDR=f"::{attempt}"
        )
        assert response.status_code == 401

    # From another network, so that only the account's count stops it.
    right = {"username": "bOSS@example.com", "password": PASSWORD}
    response = client.post(LOGIN, right, REMOTE_ADDR="192.0.2.1")

    assert response.status_code == 200
    [error] = response.context["form"].errors.as_data()["__all__"]
    assert error.code == "throttled"
    assert "_auth_user_id" not in client.session


def test_logins_of_the_admin_count_for_the_api(client):
    for attempt in range(10):
        wrong = {"username": f"somebody{attempt}@example.com", "password": "wrong"}
        assert client.post(LOGIN, wrong).status_code == 200

    response = client.post(
        "/api/v1/auth/login",
        {"email": UserFactory().email, "password": PASSWORD},
        "application/json",
    )

    assert response.status_code == 429


def test_accounts_that_have_ended_are_not_proposed(staff):
    there = UserFactory(name="Kit Moss")
    UserFactory(name="Kit Quill", is_active=False)
    field = {"app_label": "appointments", "model_name": "appointment"}

    response = staff.get(
        "/admin/autocomplete/", field | {"field_name": "client", "term": "kit"}
    )

    assert [row["id"] for row in response.json()["results"]] == [str(there.pk)]
