"""Adding and removing authenticator apps, and recovery codes."""

import pytest

from accounts.models import (
    AccountMessage,
    RecoveryCode,
    SecondFactor,
    SecurityEvent,
    Session,
)
from accounts.second_factors import begin
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.second_factors.conftest import FACTORS, App
from booking.tests import codes, refusals

pytestmark = pytest.mark.django_db

RECOVERY = f"{FACTORS}/recovery_codes"
PROOF = {"password": PASSWORD}


def list_events(user):
    events = SecurityEvent.objects.filter(account=user).order_by("pk")
    return [event.kind for event in events]


def list_messages(user):
    return [message.kind for message in AccountMessage.objects.filter(user=user)]


def test_an_app_counts_once_a_code_confirms_it(api, user, log_in):
    client = api(user)

    begun = client.post(FACTORS, {"name": "Phone"} | PROOF)
    assert begun.status_code == 201, begun.data
    assert begun.data["secret"] in begun.data["url"]
    assert client.get(FACTORS).data["results"] == []
    assert "access" in log_in(user).data

    app, url = App(begun.data["url"]), f"{FACTORS}/{begun.data['id']}/confirm"
    confirmed = client.post(url, {"code": app.show()})

    assert confirmed.status_code == 200, confirmed.data
    assert len(set(confirmed.data["recovery_codes"])) == 10
    [listed] = client.get(FACTORS).data["results"]
    assert (listed["id"], listed["name"]) == (begun.data["id"], "Phone")
    assert log_in(user).data.keys() == {"second_factor"}
    assert list_messages(user) == ["changed.factor_added"]
    event = SecurityEvent.objects.get(account=user, kind="second_factor_added")
    assert (event.user, event.details) == (user, {"name": "Phone"})


def test_a_wrong_code_confirms_nothing(api, user, nothing_changes):
    begun = api(user).post(FACTORS, PROOF).data

    with nothing_changes():
        response = api(user).post(
            f"{FACTORS}/{begun['id']}/confirm",
            {"code": App(begun["url"]).show_another()},
        )

    assert response.status_code == 400
    assert refusals(response) == [("code", "invalid_code")]


def test_an_app_is_confirmed_within_half_an_hour(api, user, clock):
    begun = api(user).post(FACTORS, PROOF).data
    clock.shift(1801)

    response = api(user).post(
        f"{FACTORS}/{begun['id']}/confirm", {"code": App(begun["url"]).show()}
    )

    assert response.status_code == 404


def test_an_app_that_is_begun_again_has_another_secret(api, user):
    first = api(user).post(FACTORS, PROOF).data
    second = api(user).post(FACTORS, PROOF).data
    url = f"{FACTORS}/{second['id']}/confirm"

    former = api(user).post(url, {"code": App(first["url"]).show()})
    latter = api(user).post(url, {"code": App(second["url"]).show()})

    assert (former.status_code, latter.status_code) == (400, 200)
    assert SecondFactor.objects.count() == 1


def test_the_first_factor_ends_the_other_sessions(api, user, log_in):
    here, elsewhere = log_in(user).data["access"], log_in(user).data["access"]
    begun = api(token=here).post(FACTORS, PROOF).data

    api(token=here).post(
        f"{FACTORS}/{begun['id']}/confirm", {"code": App(begun["url"]).show()}
    )

    assert api(token=here).get(FACTORS).status_code == 200
    assert api(token=elsewhere).get(FACTORS).status_code == 401
    assert Session.objects.count() == 1


def test_a_second_app_keeps_the_recovery_codes(api, user, enrol, log_in):
    enrol(user)
    begun = api(user).post(FACTORS, {"name": "Tablet"} | PROOF).data

    confirmed = api(user).post(
        f"{FACTORS}/{begun['id']}/confirm", {"code": App(begun["url"]).show()}
    )

    assert confirmed.data["recovery_codes"] == []
    assert RecoveryCode.objects.count() == 10
    assert api(user).get(FACTORS).data["results"][1]["name"] == "Tablet"


def test_nobody_has_more_than_five(api, user, enrol):
    for _ in range(5):
        enrol(user)

    response = api(user).post(FACTORS, PROOF)

    assert response.status_code == 409
    assert codes(response) == ["too_many_second_factors"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", FACTORS), ("delete", FACTORS + "/{id}"), ("post", RECOVERY)],
)
def test_a_change_needs_the_password(api, user, enrol, nothing_changes, method, path):
    enrol(user)
    url = path.format(id=SecondFactor.objects.get().pk)

    with nothing_changes():
        wrong = getattr(api(user), method)(url, {"password": "wrong"})
        missing = getattr(api(user), method)(url, {})

    assert refusals(wrong) == [("password", "wrong_password")]
    assert refusals(missing) == [("password", "required")]
    assert "sign_in_failed" in list_events(user)


def test_a_removed_factor_is_asked_for_no_longer(api, user, enrol, log_in):
    enrol(user)
    factor = SecondFactor.objects.get()

    response = api(user).delete(f"{FACTORS}/{factor.pk}", PROOF)

    assert response.status_code == 204
    assert "access" in log_in(user).data
    assert not RecoveryCode.objects.exists()
    assert list_messages(user)[-1] == "changed.factor_removed"
    event = SecurityEvent.objects.get(kind="second_factor_removed")
    assert (event.account, event.user) == (user, user)


def test_one_of_two_factors_leaves_the_other(api, user, enrol, log_in):
    enrol(user)
    enrol(user)

    api(user).delete(f"{FACTORS}/{SecondFactor.objects.first().pk}", PROOF)

    assert "second_factor" in log_in(user).data
    assert RecoveryCode.objects.count() == 10


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_nobody_sees_or_changes_what_another_has(api, user, enrol, is_confirmed):
    if is_confirmed:
        enrol(user)
        factor = SecondFactor.objects.get()
    else:
        factor, _ = begin(user, "Phone")
    stranger = api(UserFactory())

    assert stranger.get(FACTORS).data["results"] == []
    assert stranger.delete(f"{FACTORS}/{factor.pk}", PROOF).status_code == 404
    confirmed = stranger.post(f"{FACTORS}/{factor.pk}/confirm", {"code": "123456"})
    assert confirmed.status_code == 404
    assert SecondFactor.objects.filter(pk=factor.pk).exists()


def test_new_recovery_codes_replace_the_former_ones(
    api, user, enrol, log_in, send_code
):
    _, former = enrol(user)

    made = api(user).post(RECOVERY, PROOF)

    assert made.status_code == 200
    token = log_in(user).data["second_factor"]
    assert send_code(token, former[0]).status_code == 400
    assert send_code(token, made.data["recovery_codes"][0]).status_code == 200
    assert api(user).get(RECOVERY).data == {"left": 9}
    assert list_events(user).count("recovery_codes_made") == 2


def test_recovery_codes_need_a_factor(api, user, nothing_changes):
    with nothing_changes():
        response = api(user).post(RECOVERY, PROOF)

    assert response.status_code == 409
    assert codes(response) == ["no_second_factor"]


def test_no_table_holds_what_signs_in(api, user):
    begun = api(user).post(FACTORS, PROOF).data
    confirmed = api(user).post(
        f"{FACTORS}/{begun['id']}/confirm", {"code": App(begun["url"]).show()}
    )

    stored = str(SecondFactor.objects.values().get()) + str(
        list(RecoveryCode.objects.values())
    )
    assert begun["secret"] not in stored
    assert not any(code in stored for code in confirmed.data["recovery_codes"])


def test_the_list_takes_a_fixed_number_of_queries(
    api, user, enrol, django_assert_num_queries
):
    for _ in range(3):
        enrol(user)

    with django_assert_num_queries(1):
        response = api(user).get(FACTORS)

    assert len(response.data["results"]) == 3
