"""A practice may require a second factor of staff and therapists."""

import pytest

from accounts.models import SecondFactor
from accounts.sessions import start_session
from accounts.tests.admin import USERS
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.second_factors.conftest import AUTH, FACTORS, App
from booking.tests import codes
from booking.tests.api.test_permissions import MATRIX, scene  # noqa: F401
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

LIST = "/api/v1/appointments"
PAGE = "/admin/second_factors/"
# Routes for a user without the required factor, apart from signing in and out.
ENROLMENT = ("auth/me", "auth/second_factors")
PROTECTED = [
    route
    for route, outcomes in MATRIX.items()
    # Without a token, or with that of a deactivated account, 401.
    if outcomes[1] == 401 and not any(path in route for path in ENROLMENT)
]


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def make_token(user):
    return start_session(user).access_token


def make_person(kind):
    makers = {
        "staff": lambda: UserFactory(staff=True),
        "superuser": lambda: UserFactory(staff=True, is_superuser=True),
        "therapist": lambda: TherapistFactory(signs_in=True).user,
        "client": lambda: UserFactory(),
    }
    return makers[kind]()


@pytest.mark.parametrize("route", PROTECTED)
def test_every_route_is_closed_without_the_factor(api, scene, route):  # noqa: F811
    method, _, path = route.partition(" ")
    token = make_token(scene["people"]["front_desk"])

    response = api(token=token).generic(method, "/" + path.format(**scene["ids"]))

    assert response.status_code == 403
    assert codes(response) == ["second_factor_required"]


@pytest.mark.parametrize("kind", ["staff", "superuser", "therapist"])
def test_adding_a_factor_opens_everything(api, log_in, kind):
    person = make_person(kind)
    tokens = log_in(person).data
    client = api(token=tokens["access"])
    assert client.get(LIST).status_code == 403
    assert client.get(f"{AUTH}/me").status_code == 200
    assert client.get(FACTORS).status_code == 200

    begun = client.post(FACTORS, {"password": PASSWORD}).data
    code = App(begun["url"]).show()
    confirmed = client.post(f"{FACTORS}/{begun['id']}/confirm", {"code": code})

    assert confirmed.status_code == 200
    assert client.get(LIST).status_code == 200
    refreshed = api().post(f"{AUTH}/refresh", {"refresh": tokens["refresh"]})
    assert api(token=refreshed.data["access"]).get(LIST).status_code == 200


def test_removing_the_last_factor_closes_it_again(api, clerk, enrol):
    enrol(clerk)
    client = api(token=make_token(clerk))
    assert client.get(LIST).status_code == 200

    factor = SecondFactor.objects.get()
    removed = client.delete(f"{FACTORS}/{factor.pk}", {"password": PASSWORD})

    assert removed.status_code == 204
    assert codes(client.get(LIST)) == ["second_factor_required"]


def test_somebody_without_the_factor_signs_out(api, clerk, log_in):
    tokens = log_in(clerk).data

    response = api().post(f"{AUTH}/logout", {"refresh": tokens["refresh"]})

    assert response.status_code == 200
    assert api(token=tokens["access"]).get(f"{AUTH}/me").status_code == 401


def test_clients_need_none(api, log_in):
    tokens = log_in(make_person("client")).data

    assert api(token=tokens["access"]).get(LIST).status_code == 200


def test_nobody_needs_one_unless_it_is_required(api, settings, clerk):
    settings.REQUIRE_SECOND_FACTOR = False

    assert api(token=make_token(clerk)).get(LIST).status_code == 200


def test_the_admin_leads_staff_to_the_page(client, clerk, clock):
    client.post("/admin/login/", {"username": clerk.email, "password": PASSWORD})
    for path in ("/admin/", USERS, "/admin/password_change/"):
        response = client.get(path)
        assert (response.status_code, response.get("Location")) == (302, PAGE)
    assert b"The practice requires a second factor" in client.get(PAGE).content

    fields = {"operation": "add", "name": "Phone", "password": PASSWORD}
    begun = client.post(PAGE, fields)
    code = App(f"otpauth://totp/x?secret={begun.context['secret']}").show()
    confirmed = client.post(PAGE, {"operation": "confirm", "code": code})

    assert b"The practice requires" not in confirmed.content
    assert client.get(USERS).status_code == 200


def test_a_change_in_the_admin_is_not_made_before(client, clerk, nothing_changes):
    client.force_login(clerk)
    other = UserFactory()
    client.get(PAGE)

    with nothing_changes():
        response = client.post(f"{USERS}{other.pk}/change/", {"name": "X"})

    assert response.status_code == 302


def test_staff_without_the_factor_sign_out_of_the_admin(client, clerk):
    client.force_login(clerk)

    assert client.post("/admin/logout/").status_code == 200
    assert "_auth_user_id" not in client.session
