"""Staff merge a client whom they entered on the phone into a later account."""

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory, make_staff
from appointments.models import Appointment, AppointmentRead
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    NOW,
    AppointmentFactory,
    SeriesFactory,
)
from booking.tests import is_replay, refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

LATER = (FIRST_SESSION + 26 * HOUR).isoformat()


@pytest.fixture
def phone_client():
    """A client without an address, with appointments of all kinds and a series."""
    client = UserFactory(name="Kit", email=None, phone="+442079460018")
    AppointmentFactory(client=client, start=NOW - 48 * HOUR, status="completed")
    AppointmentFactory(client=client, start=FIRST_SESSION, cancelled=True)
    AppointmentFactory(client=client, start=FIRST_SESSION)
    SeriesFactory(client=client)
    return client


@pytest.fixture
def account():
    """The account with which the same person registered later."""
    return UserFactory(name="Kit Moss", email="kit@example.com")


@pytest.fixture
def merge(api, clerk):
    def post(former, into, user=clerk, headers=None, **body):
        url = f"/api/v1/clients/{former.pk}/merge"
        return api(user).post(url, {"into": into.pk} | body, headers=headers or {})

    return post


def test_a_merge_gives_appointments_and_series_to_the_account(
    api, merge, phone_client, account
):
    response = merge(phone_client, account)

    assert response.status_code == 200, response.data
    body = response.json()
    assert (body["preview"], body["client"]["id"]) == (False, account.pk)
    assert (body["appointments"], body["upcoming"], body["series"]) == (5, 3, 1)
    assert not Appointment.objects.filter(client=phone_client).exists()
    listed = api(account).get("/api/v1/appointments", {"mine": "true"}).json()
    assert len(listed["results"]) == 5
    series = api(account).get("/api/v1/series").json()["results"]
    assert [one["client"]["id"] for one in series] == [account.pk]


def test_the_former_client_is_deactivated_and_is_no_client_any_more(
    api, merge, clerk, phone_client, account
):
    merge(phone_client, account)

    former = User.objects.get(pk=phone_client.pk)
    assert (former.is_active, former.merged_into) == (False, account)
    assert (former.email, former.phone, former.name) == (None, None, "Kit")
    account.refresh_from_db()
    assert account.phone == "+442079460018"
    assert api(clerk).get(f"/api/v1/clients/{former.pk}").status_code == 404
    found = api(clerk).get("/api/v1/clients", {"search": "kit"}).json()["results"]
    assert [row["id"] for row in found] == [account.pk]
    booking = {"client_id": former.pk, "therapist_id": TherapistFactory().pk}
    booking |= {"start": LATER, "duration": 60, "type": "one-off"}
    refused = api(clerk).post("/api/v1/appointments", booking)
    assert refusals(refused) == [("client_id", "does_not_exist")]


def test_a_phone_of_the_account_stays(merge, phone_client):
    account = UserFactory(phone="+4915112345678")

    merge(phone_client, account)

    account.refresh_from_db()
    assert account.phone == "+4915112345678"


def test_an_account_that_is_merged_can_no_longer_sign_in(api, merge, account):
    former = UserFactory(email="old@example.com")
    login = {"email": "old@example.com", "password": "correct horse battery"}
    assert api().post("/api/v1/auth/login", login).status_code == 200

    assert merge(former, account).status_code == 200

    assert api().post("/api/v1/auth/login", login).status_code == 401
    assert not former.sessions.exists()


def test_the_account_sees_the_history_from_before_the_merge(
    api, merge, get_history, clerk, phone_client, account
):
    row = Appointment.objects.get(client=phone_client, status="booked", series=None)
    api(clerk).post(f"/api/v1/appointments/{row.pk}/move", {"start": LATER})
    merge(phone_client, account)

    for user in (account, clerk):
        entries = get_history(user, row)
        assert [entry["what"] for entry in entries] == ["booked", "moved", "merged"]
    assert entries[-1]["user"]["id"] == clerk.pk
    assert entries[-1]["role"] == "practice"


def test_a_chain_of_merges_keeps_the_whole_history(
    merge, get_history, phone_client, account
):
    row = Appointment.objects.get(client=phone_client, status="booked", series=None)
    second = UserFactory(name="Kit M.", email=None)
    merge(phone_client, second)
    merge(second, account)

    what = [entry["what"] for entry in get_history(account, row)]
    assert what == ["booked", "merged", "merged"]
    assert set(User.objects.filter(merged_into=account)) == {phone_client, second}


def test_a_preview_shows_the_merge_and_changes_nothing(
    merge, nothing_changes, clerk, phone_client, account
):
    with nothing_changes():
        response = merge(phone_client, account, preview=True)

    assert response.status_code == 200, response.data
    body = response.json()
    assert body["preview"] is True
    assert (body["appointments"], body["upcoming"], body["series"]) == (5, 3, 1)
    assert body["client"]["phone"] == "+442079460018"
    reads = AppointmentRead.objects.values_list("user_id", "client_id")
    assert sorted(reads) == sorted(
        [(clerk.pk, phone_client.pk), (clerk.pk, account.pk)]
    )
    assert merge(phone_client, account).json() == body | {"preview": False}


@pytest.mark.parametrize("preview", [True, False])
def test_clients_who_have_appointments_at_the_same_time_are_not_merged(
    merge, nothing_changes, phone_client, account, preview
):
    AppointmentFactory(client=account, start=FIRST_SESSION + HOUR / 2)

    with nothing_changes():
        response = merge(phone_client, account, preview=preview)

    assert (response.status_code, refusals(response)) == (
        409,
        [(None, "clients_overlap")],
    )


def test_an_expired_hold_is_in_nobodys_way(merge, phone_client, account):
    AppointmentFactory(
        client=account, held=True, hold_expires_at=NOW, start=FIRST_SESSION + HOUR / 2
    )
    AppointmentFactory(
        client=phone_client,
        held=True,
        hold_expires_at=NOW,
        was_published=True,
        start=FIRST_SESSION + 30 * HOUR,
    )

    response = merge(phone_client, account)

    assert (response.status_code, response.json()["appointments"]) == (200, 5)
    assert Appointment.objects.get(status="available").client is None


def test_a_repeated_merge_gets_the_first_response(merge, phone_client, account):
    headers = {"Idempotency-Key": "once"}
    first = merge(phone_client, account, headers=headers)

    assert is_replay(merge(phone_client, account, headers=headers), of=first)
    assert merge(phone_client, account).status_code == 404


@pytest.mark.parametrize(
    ("into", "code"),
    [
        ("former", "same_client"),
        ("unknown", "does_not_exist"),
        ("deactivated", "does_not_exist"),
        ("merged", "does_not_exist"),
        ("therapist", "does_not_exist"),
        ("without an address", "no_address"),
        ("own therapist", "own_therapist"),
    ],
)
def test_a_client_who_cannot_be_merged_into_is_refused(
    merge, account, nothing_changes, into, code
):
    former = UserFactory(name="Lee")
    therapist = TherapistFactory(user=UserFactory())
    AppointmentFactory(client=former, therapist=therapist)
    others = {
        "former": former,
        "unknown": User(pk=2**60),
        "deactivated": UserFactory(is_active=False),
        "merged": UserFactory(is_active=False, email=None, merged_into=account),
        "therapist": TherapistFactory(user=UserFactory()).user,
        "without an address": UserFactory(email=None),
        "own therapist": therapist.user,
    }
    manager = UserFactory(staff=True, group="Practice manager")
    if into == "own therapist":
        AppointmentFactory(client=therapist.user)

    with nothing_changes():
        response = merge(former, others[into], user=manager)

    assert (response.status_code, refusals(response)) == (400, [("into", code)])


@pytest.mark.parametrize("side", ["former", "into"])
def test_the_front_desk_merges_no_staff(merge, nothing_changes, account, side):
    boss = UserFactory()
    AppointmentFactory(client=boss)
    make_staff(boss)
    pair = (boss, account) if side == "former" else (account, boss)

    with nothing_changes():
        response = merge(*pair)

    assert response.status_code == 403


def test_an_auditor_may_not_merge(merge, nothing_changes, phone_client, account):
    auditor = UserFactory(staff=True, group="Auditor")

    with nothing_changes():
        response = merge(phone_client, account, user=auditor)

    assert response.status_code == 403
