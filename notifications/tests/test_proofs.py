"""What a code proves, and what it ends: strangers gain nothing from another's mailbox."""

import pytest

from accounts.models import Code, User
from accounts.sessions import start_session
from accounts.tests.factories import PASSWORD, UserFactory
from appointments.models import Appointment
from appointments.tests.factories import booking_request
from booking.tests import codes
from notifications.tests.conftest import ADDRESS, AUTH
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

APPOINTMENTS = "/api/v1/appointments"
NEW = "moss@example.com"
REFUSED = ["invalid_code"]


@pytest.fixture
def therapist():
    return TherapistFactory(signs_in=True)


@pytest.fixture
def strangers_account(required, register, read):
    """An account that a stranger registered with the address of somebody else."""
    register()
    user = User.objects.get(email=ADDRESS)
    start_session(user)
    read()
    return user


@pytest.fixture
def offer(api, therapist, work):
    """Invite an address; return the id of the appointment, the code and the link."""

    def run(email=ADDRESS):
        body = booking_request(therapist, client_email=email)
        id = api(therapist.user).post(APPOINTMENTS, body).json()["id"]
        [mail] = work()
        lines = mail.body.splitlines()
        [code] = [line for line in lines if len(line) == 6 and line.isdigit()]
        [link] = [line.split("8000")[1] for line in lines if "/link/" in line]
        return id, code, link

    return run


def opens_nothing(user):
    user.refresh_from_db()
    return not (user.has_usable_password() or user.sessions.exists())


def test_an_accepted_invitation_does_not_open_a_strangers_account(
    strangers_account, offer, send, client
):
    id, _, link = offer()

    assert client.post(link, {"answer": "accept"}).status_code == 200

    assert Appointment.objects.get(pk=id).client == strangers_account
    assert send("login", email=ADDRESS, password=PASSWORD).status_code == 401
    assert opens_nothing(strangers_account)


def test_a_code_to_sign_in_does_not_open_a_strangers_account(
    strangers_account, send, read
):
    send("code", email=ADDRESS)
    [(kind, _, code)] = read()
    assert kind == "account.verify"

    signed_in = send("verify", email=ADDRESS, code=code)

    assert signed_in.json()["user"]["email_verified"] is True
    assert send("login", email=ADDRESS, password=PASSWORD).status_code == 401


def test_the_page_of_a_code_to_sign_in_does_not_open_it_either(
    strangers_account, send, work, client
):
    send("code", email=ADDRESS)
    [mail] = work()
    [line] = [line for line in mail.body.splitlines() if "/link/" in line]

    assert client.post(line.split("8000")[1]).status_code == 200

    assert send("login", email=ADDRESS, password=PASSWORD).status_code == 401
    assert opens_nothing(strangers_account)


@pytest.mark.parametrize("is_staff", [False, True])
def test_a_verified_client_and_staff_keep_the_password(send, read, is_staff):
    verified_at = None if is_staff else "2026-01-01T00:00Z"
    UserFactory(email=ADDRESS, staff=is_staff, verified_at=verified_at)
    send("code", email=ADDRESS)
    [(_, _, code)] = read()
    assert send("verify", email=ADDRESS, code=code).status_code == 200

    assert send("login", email=ADDRESS, password=PASSWORD).status_code == 200


@pytest.fixture
def kit():
    return UserFactory(email=ADDRESS, verified_at="2026-01-01T00:00Z")


@pytest.fixture
def sent_before(kit, send, read):
    """Return the codes that the reader of the present address has, by route."""
    send("code", email=ADDRESS)
    send("forgot", email=ADDRESS)
    return {kind: code for kind, _, code in read()}


def try_codes(send, sent_before, email):
    password = "another horse battery"
    verified = send("verify", email=email, code=sent_before["account.verify"])
    body = {"code": sent_before["account.reset"], "password": password}
    return [codes(verified), codes(send("reset", email=email, **body))]


def test_codes_end_when_the_user_changes_the_address(api, kit, sent_before, send, read):
    api(kit).post(f"{AUTH}/email", {"email": NEW, "password": PASSWORD})
    [(_, _, code)] = read()
    assert send("verify", email=NEW, code=code).status_code == 200

    assert try_codes(send, sent_before, NEW) == [REFUSED, REFUSED]
    assert not Code.objects.exists()


def test_codes_end_when_staff_change_the_address(api, clerk, kit, sent_before, send):
    api(clerk).patch(f"/api/v1/clients/{kit.pk}", {"email": NEW})

    assert try_codes(send, sent_before, NEW) == [REFUSED, REFUSED]


def test_codes_end_when_the_admin_changes_the_address(boss, kit, sent_before, send):
    url = f"/admin/accounts/user/{kit.pk}/change/"
    form = boss.get(url).context["adminform"].form
    sent = {name: form.initial.get(name) for name in form.fields if name != "password"}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    assert boss.post(url, sent | {"email": NEW}).status_code == 302

    assert try_codes(send, sent_before, NEW) == [REFUSED, REFUSED]


def test_codes_end_with_a_new_password(api, kit, sent_before, send):
    body = {"old_password": PASSWORD, "new_password": "another horse"}
    assert api(kit).post(f"{AUTH}/password", body).status_code == 200

    assert try_codes(send, sent_before, ADDRESS) == [REFUSED, REFUSED]


def test_codes_end_with_a_password_that_staff_set(boss, kit, sent_before, send):
    passwords = dict.fromkeys(["password1", "password2"], "another horse battery")
    url = f"/admin/accounts/user/{kit.pk}/password/"
    assert boss.post(url, passwords | {"usable_password": "true"}).status_code == 302

    assert try_codes(send, sent_before, ADDRESS) == [REFUSED, REFUSED]


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_a_key_for_each_guess_gives_no_more_guesses(api, kit, offer, verb):
    id, code, _ = offer()

    def guess(digits, key):
        url, headers = f"{APPOINTMENTS}/{id}/{verb}", {"Idempotency-Key": key}
        return api(kit).post(url, {"code": digits}, headers=headers)

    for number in range(5):
        wrong = f"{(int(code) + 1) % 10**6:06}"
        assert codes(guess(wrong, f"key-{number}")) == REFUSED

    assert codes(guess(code, "another")) == REFUSED
    assert Appointment.objects.get(pk=id).status == "held"


def test_an_address_is_not_flooded_through_a_change(api, settings, kit, work):
    rates = {"DEFAULT_THROTTLE_RATES": {"register": "3/hour"}}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | rates
    UserFactory(email=NEW)

    def ask(user):
        body = {"email": NEW, "password": PASSWORD}
        return api(user).post(f"{AUTH}/email", body).status_code

    assert [ask(UserFactory()) for _ in range(5)] == [202, 202, 202, 429, 429]
    assert len(work()) == 3
