import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from appointments.tests.factories import AppointmentFactory
from booking.tests import codes, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/me"


def test_users_see_their_own_account_without_the_password(api):
    user = UserFactory()

    response = api(user).get(URL)

    assert response.status_code == 200
    assert response.data["id"] == user.pk
    assert response.data.keys() == {
        "id",
        "email",
        "roles",
        "therapist_id",
        "permissions",
        "email_verified",
        "is_staff",
        "date_joined",
        "name",
        "phone",
        "time_zone",
        "language",
        "reminders",
    }


def test_a_client_has_no_other_role(api):
    me = api(UserFactory()).get(URL).data

    assert (me["roles"], me["therapist_id"], me["permissions"]) == (
        ["client"],
        None,
        [],
    )


@pytest.mark.parametrize("is_active", [True, False])
def test_a_therapist_has_a_diary_while_active(api, is_active):
    therapist = TherapistFactory(signs_in=True, is_active=is_active)

    me = api(therapist.user).get(URL).data

    assert me["roles"] == (["therapist"] if is_active else [])
    assert me["therapist_id"] == (therapist.pk if is_active else None)


def test_a_therapist_who_was_a_client_has_both_roles(api):
    therapist = TherapistFactory(signs_in=True)
    AppointmentFactory(client=therapist.user)

    me = api(therapist.user).get(URL).data

    assert me["roles"] == ["client", "therapist"]


@pytest.mark.parametrize(
    ("group", "right", "has_it"),
    [
        ("Front desk", "appointments.add_appointment", True),
        ("Front desk", "therapists.change_therapist", False),
        ("Practice manager", "therapists.change_therapist", True),
        ("Auditor", "appointments.add_appointment", False),
        ("", "appointments.view_appointment", False),
    ],
)
def test_staff_see_their_permissions(api, group, right, has_it):
    me = api(UserFactory(staff=True, group=group)).get(URL).data

    assert me["roles"] == ["staff"]
    assert (right in me["permissions"]) == has_it
    assert me["permissions"] == sorted(me["permissions"])


@pytest.mark.parametrize("name", ["roles", "therapist_id", "permissions"])
def test_roles_and_rights_cannot_be_written(api, name, nothing_changes):
    client = api(UserFactory())

    with nothing_changes():
        response = client.patch(URL, {name: ["staff"]})

    assert response.status_code == 400


def test_users_change_their_own_name_and_time_zone(api):
    user, other = UserFactory(), UserFactory(name="Other")

    response = api(user).patch(URL, {"name": "Ada", "time_zone": "Asia/Tokyo"})

    assert response.status_code == 200
    user.refresh_from_db()
    other.refresh_from_db()
    assert (user.name, user.time_zone) == ("Ada", "Asia/Tokyo")
    assert (response.data["name"], response.data["time_zone"]) == ("Ada", "Asia/Tokyo")
    assert (other.name, other.time_zone) == ("Other", "UTC")


@pytest.mark.parametrize("changes", [{"name": "Ada"}, {}])
def test_a_change_does_not_undo_another_change_of_the_account(api, changes):
    user = UserFactory()
    client = api(User.objects.get(pk=user.pk))
    User.objects.filter(pk=user.pk).update(is_active=False, password="another")

    client.patch(URL, changes)

    user.refresh_from_db()
    assert (user.is_active, user.password) == (False, "another")
    assert user.name == changes.get("name", user.name)


def test_nothing_else_can_be_changed(api, nothing_changes):
    user = UserFactory()
    forbidden = {
        "email": "root@example.com",
        "id": 1,
        "is_staff": True,
        "is_superuser": True,
        "password": "x",
    }

    with nothing_changes():
        response = api(user).patch(URL, forbidden | {"name": "Zoë"})

    assert response.status_code == 400
    assert refusals(response) == [(name, "unknown_field") for name in forbidden]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"name": "a" * 151}, ("name", "max_length")),
        ({"name": None}, ("name", "null")),
        ({"name": "A\0da"}, ("name", "null_characters_not_allowed")),
        ({"time_zone": "Nowhere"}, ("time_zone", "unknown_time_zone")),
        ([], ("non_field_errors", "invalid")),
        ("name", ("non_field_errors", "invalid")),
    ],
)
def test_a_bad_change_is_refused(api, nothing_changes, body, refused):
    user = UserFactory()

    with nothing_changes():
        response = api(user).patch(URL, body)

    assert response.status_code == 400
    assert refusals(response) == [refused]


@pytest.mark.parametrize("method", ["put", "post", "delete"])
def test_other_methods_are_refused(api, nothing_changes, method):
    user = UserFactory()

    with nothing_changes():
        response = getattr(api(user), method)(URL)

    assert response.status_code == 405
    assert codes(response) == ["method_not_allowed"]


def test_the_account_is_refused_without_a_token(api):
    response = api().get(URL)

    assert response.status_code == 401
    assert codes(response) == ["not_authenticated"]
