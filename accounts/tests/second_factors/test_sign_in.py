"""Signing in with a second factor."""

import pytest
from django.core import signing
from django.core.management import call_command

from accounts.models import SecondFactor, SecurityEvent, Session
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.second_factors.conftest import AUTH, STEP
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

OLD = "an old key, which once encrypted everything there was"


@pytest.fixture
def app(user, enrol):
    return enrol(user)[0]


def test_a_code_of_the_app_signs_in(api, user, app, log_in, send_code):
    first = log_in(user)
    assert (first.status_code, first.data.keys()) == (200, {"second_factor"})
    assert not Session.objects.exists()

    second = send_code(first.data["second_factor"], app.show())

    assert second.status_code == 200, second.data
    assert second.data.keys() == {"access", "refresh"}
    assert api(token=second.data["access"]).get(f"{AUTH}/me").status_code == 200
    refreshed = api().post(f"{AUTH}/refresh", {"refresh": second.data["refresh"]})
    assert refreshed.status_code == 200
    event = SecurityEvent.objects.get(kind="signed_in")
    assert (event.account, event.details) == (user, {"second_factor": "app"})


@pytest.mark.parametrize("write", [str, str.upper, lambda code: code.replace("-", " ")])
def test_a_recovery_code_signs_in_once(user, enrol, log_in, send_code, write):
    _, [code, *_] = enrol(user)
    token = log_in(user).data["second_factor"]

    first, again = send_code(token, write(code)), send_code(token, write(code))

    assert (first.status_code, again.status_code) == (200, 400)
    assert refusals(again) == [("code", "invalid_code")]
    event = SecurityEvent.objects.get(kind="signed_in")
    assert event.details == {"second_factor": "recovery_code"}


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(-2 * STEP, 400), (-STEP, 400), (0, 200), (STEP, 200), (2 * STEP, 400)],
)
def test_a_clock_may_be_wrong_by_thirty_seconds(
    user, app, log_in, send_code, seconds, status
):
    """The code of 30 seconds ago is the one that confirmed the app."""
    token = log_in(user).data["second_factor"]

    assert send_code(token, app.show(seconds)).status_code == status


def test_a_code_of_the_app_works_once(user, app, log_in, send_code, clock):
    token, code = log_in(user).data["second_factor"], app.show()
    assert send_code(token, code).status_code == 200

    again = send_code(token, code)
    clock.shift(STEP)
    later = send_code(token, code)

    assert refusals(again) == refusals(later) == [("code", "invalid_code")]


def test_an_earlier_code_does_not_work_after_a_later_one(user, app, log_in, send_code):
    token, earlier = log_in(user).data["second_factor"], app.show()

    assert send_code(token, app.show(STEP)).status_code == 200
    assert send_code(token, earlier).status_code == 400


@pytest.mark.parametrize("minutes", [4, 6])
def test_the_token_lasts_five_minutes(user, app, log_in, send_code, clock, minutes):
    token = log_in(user).data["second_factor"]
    clock.shift(minutes * 60)

    response = send_code(token, app.show())

    assert response.status_code == (200 if minutes < 5 else 401)
    assert minutes < 5 or codes(response) == ["token_not_valid"]


def test_the_token_is_for_nothing_else(api, user, app, log_in):
    token = log_in(user).data["second_factor"]

    assert api(token=token).get(f"{AUTH}/me").status_code == 401
    assert api().post(f"{AUTH}/refresh", {"refresh": token}).status_code == 401


@pytest.mark.parametrize("end", ["password", "is_active"])
def test_a_token_ends_with_the_password_and_the_account(
    user, app, log_in, send_code, end
):
    token = log_in(user).data["second_factor"]
    if end == "password":
        user.set_password("another horse battery")
    else:
        user.is_active = False
    user.save()

    assert send_code(token, app.show()).status_code == 401


@pytest.mark.parametrize("kind", ["nonsense", "other purpose", "access"])
def test_another_token_is_refused(api, user, app, send_code, kind):
    facts = {"user": user.pk, "password": "x"}
    token = {
        "nonsense": "nonsense",
        "other purpose": signing.dumps(facts, salt="another"),
        "access": "eyJhbGciOiJIUzI1NiJ9.e30.e30",
    }[kind]

    response = send_code(token, app.show())

    assert response.status_code == 401
    assert codes(response) == ["token_not_valid"]


def test_after_five_wrong_codes_the_right_one_waits(
    user, app, log_in, send_code, clock
):
    token = log_in(user).data["second_factor"]
    wrong = [send_code(token, app.show_another()) for _ in range(5)]
    assert [response.status_code for response in wrong] == [400] * 5

    # Neither another token nor another address helps.
    refused = send_code(log_in(user).data["second_factor"], app.show())
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 5
    clock.shift(6)

    assert send_code(token, app.show()).status_code == 200
    events = SecurityEvent.objects.filter(kind="second_factor_failed", account=user)
    assert events.count() == 5


def test_wrong_codes_keep_nobody_else_waiting(user, app, enrol, log_in, send_code):
    token = log_in(user).data["second_factor"]
    for _ in range(6):
        send_code(token, app.show_another())
    other = UserFactory()
    theirs, _ = enrol(other)

    response = send_code(log_in(other).data["second_factor"], theirs.show())

    assert response.status_code == 200


def test_somebody_without_a_factor_has_no_use_for_a_token(user, app, log_in, send_code):
    token, code = log_in(user).data["second_factor"], app.show()
    SecondFactor.objects.all().delete()

    assert send_code(token, code).status_code == 400


@pytest.mark.parametrize("fallbacks", [[OLD], []])
def test_an_app_works_while_its_key_is_there(
    settings, enrol, user, log_in, send_code, fallbacks
):
    new, settings.SECRET_KEY = settings.SECRET_KEY, OLD
    app, recovery = enrol(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, fallbacks
    token = log_in(user).data["second_factor"]

    response = send_code(token, app.show())

    assert response.status_code == (200 if fallbacks else 400)
    # These need no key.
    assert send_code(token, recovery[0]).status_code == 200


def test_a_sweep_encrypts_by_the_current_key(settings, enrol, user, log_in, send_code):
    new, settings.SECRET_KEY = settings.SECRET_KEY, OLD
    app, _ = enrol(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [OLD]

    call_command("sweep")

    settings.SECRET_KEY_FALLBACKS = []
    token = log_in(user).data["second_factor"]
    assert send_code(token, app.show()).status_code == 200


def test_a_secret_that_is_copied_to_another_account_is_useless(
    enrol, user, log_in, send_code
):
    thief = UserFactory()
    app, _ = enrol(thief)
    enrol(user)
    stolen = SecondFactor.objects.get(user=thief).secret
    SecondFactor.objects.filter(user=user).update(secret=stolen, last_step=0)

    response = send_code(log_in(user).data["second_factor"], app.show())

    assert response.status_code == 400


def test_a_new_password_of_ones_own_needs_no_code(api, user, app, log_in, send_code):
    tokens = send_code(log_in(user).data["second_factor"], app.show()).data
    body = {"old_password": PASSWORD, "new_password": "another horse battery"}

    response = api(token=tokens["access"]).post(f"{AUTH}/password", body)

    assert response.data.keys() == {"access", "refresh"}
