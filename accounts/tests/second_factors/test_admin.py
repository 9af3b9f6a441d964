"""The admin asks for the second factor, and has a page to add and remove it."""

import re

import pytest

from accounts.models import RecoveryCode, SecondFactor, SecurityEvent
from accounts.tests.admin import USERS
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.second_factors.conftest import App

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
PAGE = "/admin/second_factors/"
SECRET = re.compile("<code>([A-Z2-7]{32})</code>")
RECOVERY = re.compile(r"<code>((?:\w{4}-){3}\w{4})</code>")


@pytest.fixture
def log_in(client, clerk):
    def post(**fields):
        return client.post(
            LOGIN, {"username": clerk.email, "password": PASSWORD} | fields
        )

    return post


@pytest.fixture
def page(staff):
    """Send a form of the page; return the page's text."""

    def post(operation, **fields):
        response = staff.post(PAGE, {"operation": operation} | fields)
        assert response.status_code == 200
        return response.content.decode()

    return post


def is_signed_in(browser):
    return browser.get(USERS).status_code == 200


def get_error(response):
    [error] = response.context["form"].errors.as_data()["__all__"]
    return error.code


def test_the_login_asks_for_a_code(client, clerk, enrol, log_in):
    app, _ = enrol(clerk)

    assert get_error(log_in()) == "second_factor"
    assert get_error(log_in(code=app.show_another())) == "invalid_code"
    assert not is_signed_in(client)

    assert log_in(code=app.show()).status_code == 302
    assert is_signed_in(client)
    kinds = SecurityEvent.objects.filter(account=clerk).values_list("kind", "details")
    assert ("second_factor_failed", {}) in kinds
    assert ("signed_in", {"second_factor": "app"}) in kinds


def test_a_recovery_code_opens_the_admin_once(client, clerk, enrol, log_in):
    _, [code, *_] = enrol(clerk)

    assert log_in(code=code).status_code == 302
    client.logout()

    assert get_error(log_in(code=code)) == "invalid_code"
    assert not is_signed_in(client)


def test_wrong_codes_count_together_with_those_of_the_api(
    clerk, enrol, log_in, api, send_code
):
    app, _ = enrol(clerk)
    body = {"email": clerk.email, "password": PASSWORD}
    token = api().post("/api/v1/auth/login", body).data["second_factor"]
    for _ in range(5):
        send_code(token, app.show_another())

    assert get_error(log_in(code=app.show())) == "throttled"


def test_a_wrong_password_uses_no_code(clerk, enrol, log_in):
    _, [code, *_] = enrol(clerk)

    log_in(password="wrong", code=code)

    assert RecoveryCode.objects.count() == 10


def test_a_session_from_before_the_factor_is_asked_for_it(client, clerk, enrol, log_in):
    log_in()
    assert is_signed_in(client)
    app, _ = enrol(clerk)

    response = client.get(USERS)

    assert response.status_code == 302
    assert response.url.startswith(LOGIN)
    assert b"sign in again with your second" in client.get(response.url).content
    assert log_in(code=app.show()).status_code == 302
    assert is_signed_in(client)


def test_the_mark_of_a_session_is_that_of_its_user(client, clerk, enrol, log_in):
    app, _ = enrol(clerk)
    log_in(code=app.show())
    other = UserFactory(staff=True)
    enrol(other)

    client.force_login(other)

    assert not is_signed_in(client)


def test_staff_add_an_app_on_the_page(staff, clerk, clock, page):
    assert b"Add an authenticator app" in staff.get(PAGE).content

    begun = page("add", name="Phone", password=PASSWORD)
    assert "data:image/svg+xml" in begun
    app = App(f"otpauth://totp/x?secret={SECRET.search(begun)[1]}")
    wrong = page("confirm", code=app.show_another())
    assert '<p class="errornote">This code is wrong' in wrong
    confirmed = page("confirm", code=app.show())

    assert len(set(RECOVERY.findall(confirmed))) == 10
    assert SecondFactor.objects.confirmed().get().user == clerk
    # The code that confirmed the app is good for this session.
    assert is_signed_in(staff)


def test_adding_an_app_needs_the_password(page, nothing_changes):
    page("nothing")

    with nothing_changes():
        assert "This is not your password" in page("add", name="A", password="wrong")


def test_staff_remove_an_app_and_make_codes_on_the_page(staff, clerk, clock, page):
    begun = page("add", name="Phone", password=PASSWORD)
    app = App(f"otpauth://totp/x?secret={SECRET.search(begun)[1]}")
    first = RECOVERY.findall(page("confirm", code=app.show()))

    wrong = page("renew_codes", password="wrong")
    again = RECOVERY.findall(page("renew_codes", password=PASSWORD))
    assert "This is not your password" in wrong
    assert not RECOVERY.findall(wrong)
    assert len(again) == 10
    assert not set(first) & set(again)

    factor = SecondFactor.objects.get()
    page("remove", factor=factor.pk, password="wrong")
    assert SecondFactor.objects.exists()
    page("remove", factor=factor.pk, password=PASSWORD)
    assert not SecondFactor.objects.exists()
    assert is_signed_in(staff)


@pytest.mark.parametrize(
    "fields",
    [
        {"operation": "nonsense"},
        {"operation": "remove", "password": PASSWORD, "factor": "x"},
        {"operation": "remove", "password": PASSWORD, "factor": "9" * 40},
        {"operation": "confirm", "code": "1"},
        {"operation": "renew_codes", "password": PASSWORD},
        {"operation": "add", "password": PASSWORD, "name": "a\0"},
        {"operation": "add", "password": "a\0", "name": "a"},
    ],
)
def test_rubbish_changes_nothing(staff, clerk, nothing_changes, fields):
    staff.get(PAGE)

    with nothing_changes():
        assert staff.post(PAGE, fields).status_code == 200


def test_nobody_removes_what_another_has(staff, enrol, page):
    enrol(UserFactory())
    factor = SecondFactor.objects.get()

    assert "removed before" in page("remove", factor=factor.pk, password=PASSWORD)
    assert SecondFactor.objects.exists()


def reset(browser, user):
    form = {"action": "remove_second_factors", "_selected_action": [user.pk]}
    return browser.post(USERS, form)


def test_a_superuser_removes_the_factors_of_somebody(boss, enrol, user):
    enrol(user)

    reset(boss, user)

    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    event = SecurityEvent.objects.get(account=user, kind="second_factor_removed")
    assert event.user.is_superuser
    assert event.path == f"POST {USERS}"


def test_nobody_else_does(manager, staff, enrol, user):
    enrol(user)

    for browser in (manager, staff):
        reset(browser, user)

    assert SecondFactor.objects.exists()


def test_the_page_of_a_user_lists_the_factors(boss, enrol, user):
    enrol(user, name="Blue phone")

    response = boss.get(f"{USERS}{user.pk}/change/")

    assert b"Blue phone" in response.content
