"""Names have no characters that forge lines or the order of words, and can be seen."""

import pytest

from accounts.tests.admin import USERS, account, change
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals
from booking.tests.admin import form_codes
from therapists.models import Closure
from therapists.tests.admin import CLOSURES, SPECIALISMS, THERAPISTS, therapist

pytestmark = pytest.mark.django_db

CODE = "invisible_characters"
FORGED = [
    pytest.param("Ada\nSubject: x", id="line feed"),
    pytest.param("Ada\tL", id="tab"),
    pytest.param("Ada\x1b[31m", id="escape"),
    pytest.param("Ada\x7fL", id="delete"),
    pytest.param("Ada\x85L", id="next line"),
    pytest.param("Ada\u2028L", id="line separator"),
    pytest.param("Ada \u202elevoL", id="right-to-left override"),
    pytest.param("Ada \u2067L", id="right-to-left isolate"),
    pytest.param("Ada\u200fL", id="right-to-left mark"),
    pytest.param("Ada\u061cL", id="Arabic letter mark"),
    pytest.param("\u200b", id="only a space of no width"),
    pytest.param("\u3164 \u2800", id="only fillers"),
    pytest.param("\u0301", id="only an accent"),
]
every_forgery = pytest.mark.parametrize("name", FORGED)


@every_forgery
def test_registering_refuses_it(api, nothing_changes, name):
    body = {"email": "ada@example.com", "password": PASSWORD, "name": name}

    with nothing_changes():
        response = api().post("/api/v1/auth/register", body)

    assert response.status_code == 400
    assert refusals(response) == [("name", CODE)]


@every_forgery
def test_changing_ones_own_name_refuses_it(api, nothing_changes, name):
    user = UserFactory()

    with nothing_changes():
        response = api(user).patch("/api/v1/auth/me", {"name": name})

    assert response.status_code == 400
    assert refusals(response) == [("name", CODE)]


@every_forgery
def test_a_closure_refuses_it(api, clerk, name):
    body = {"start": "2030-01-07", "end": "2030-01-07", "name": name}

    response = api(clerk).post("/api/v1/closures", body)

    assert response.status_code == 400
    assert refusals(response) == [("name", CODE)]
    assert not Closure.objects.exists()


@every_forgery
def test_the_admin_refuses_it(boss, nothing_changes, name):
    user = UserFactory()
    forms = {
        f"{USERS}add/": account(name=name),
        f"{USERS}{user.pk}/change/": change(user, name=name),
        f"{SPECIALISMS}add/": {"name": name},
        f"{THERAPISTS}add/": therapist(name=name),
        f"{CLOSURES}add/": {"start": "2030-01-07", "end": "2030-01-07", "name": name},
    }

    with nothing_changes():
        responses = [boss.post(url, form) for url, form in forms.items()]

    assert [form_codes(response) for response in responses] == [{"name": [CODE]}] * 5


@pytest.mark.parametrize(
    "name",
    ["A", "李", "ᄀ", "👩\u200d⚕", "\u0646\u200c\u06cc", "e\u0301", "\U0001e6c0"],
    ids=ascii,
)
def test_a_name_in_any_script_is_accepted(api, name):
    user = UserFactory()

    response = api(user).patch("/api/v1/auth/me", {"name": name})

    assert response.status_code == 200
    assert response.data["name"] == name
