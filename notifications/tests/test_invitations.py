"""Staff and therapists invite the reader of an address to an appointment."""

import pytest
from django.core.management import call_command

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Invitation
from appointments.tests.factories import HOUR, AppointmentFactory, booking_request
from booking.tests import codes, refusals
from notifications.models import Delivery
from notifications.tests.conftest import ADDRESS
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def therapist():
    return TherapistFactory(signs_in=True, name="Ada Quill", time_zone="UTC")


@pytest.fixture
def invite(api, therapist):
    def post(by=None, email=ADDRESS, **changes):
        body = booking_request(therapist, client_email=email, **changes)
        return api(by or therapist.user).post(URL, body)

    return post


@pytest.fixture
def answer(api):
    """Accept an invitation, or decline it."""

    def post(user, id, code, verb="accept"):
        return api(user).post(f"{URL}/{id}/{verb}", {"code": code})

    return post


@pytest.fixture
def client():
    return UserFactory(email=ADDRESS)


@pytest.mark.parametrize("has_account", [True, False])
def test_an_invitation_is_the_same_for_every_address(invite, read, work, has_account):
    if has_account:
        UserFactory(email=ADDRESS)

    response = invite(email=ADDRESS.upper())

    invited = response.json()
    assert response.status_code == 201, invited
    assert (invited["status"], invited["client"]) == ("held", None)
    assert invited["invited"] is True
    assert invited["hold_expires_at"].startswith("2029-12-02T08:00:0")
    [(kind, address, code)] = read()
    assert (kind, address, len(code)) == ("account.invited", ADDRESS, 6)


def test_the_mail_says_what_is_offered(invite, work):
    invite(start="2030-06-06T11:41:00Z")

    [mail] = work()

    assert mail.subject == "An appointment for you on Thursday 6 June, 11:41"
    assert "60 minutes with Ada Quill" in mail.body
    assert "It is kept until Sunday 2 December 2029, 08:00 (UTC)" in mail.body


def test_the_invited_client_accepts(api, invite, read, answer, client, therapist):
    id = invite().json()["id"]
    [(_, _, code)] = read()

    response = answer(client, id, code)

    accepted = response.json()
    assert response.status_code == 200, accepted
    assert (accepted["status"], accepted["client"]["id"]) == ("booked", client.pk)
    assert (accepted["invited"], accepted["hold_expires_at"]) == (False, None)
    assert sorted(mail[:2] for mail in read()) == sorted(
        ("appointment.booked", address) for address in (ADDRESS, therapist.user.email)
    )
    assert response["ETag"] == api(client).get(f"{URL}/{id}")["ETag"]
    client.refresh_from_db()
    assert client.email_verified
    assert codes(answer(client, id, code)) == ["invalid_code"]


def test_somebody_new_registers_and_accepts(api, settings, invite, read, send, answer):
    settings.REQUIRE_VERIFIED_EMAIL = True
    id = invite().json()["id"]
    [(_, _, code)] = read()
    person = {"email": ADDRESS, "password": "correct horse battery", "name": "Kit"}
    send("register", **person)
    [(_, _, digits)] = read()
    token = send("verify", email=ADDRESS, code=digits).json()["access"]

    response = api(token=token).post(f"{URL}/{id}/accept", {"code": code})

    assert response.json()["status"] == "booked"


def test_declining_frees_the_time_and_tells_the_therapist(
    invite, read, answer, client, therapist, work
):
    id = invite().json()["id"]
    [(_, _, code)] = read()

    declined = answer(client, id, code, "decline")

    assert declined.status_code == 200, declined.json()
    assert (declined.json()["status"], declined.json()["cancelled_by"]) == (
        "cancelled",
        "client",
    )
    [mail] = work()
    assert mail.to == [therapist.user.email]
    assert "The invitation to this appointment was declined." in mail.body
    assert invite().status_code == 201


@pytest.mark.parametrize("verb", ["accept", "decline"])
@pytest.mark.parametrize("person", ["another", "therapist", "clerk"])
def test_only_the_invited_address_may_use_the_code(
    invite, read, answer, therapist, clerk, person, verb
):
    id = invite().json()["id"]
    [(_, _, code)] = read()
    people = {"another": UserFactory(), "therapist": therapist.user, "clerk": clerk}

    response = answer(people[person], id, code, verb)

    assert (response.status_code, refusals(response)) == (
        400,
        [("code", "invalid_code")],
    )
    assert Appointment.objects.get(pk=id).status == "held"


def test_the_fifth_wrong_guess_ends_the_code(invite, read, answer, client):
    id = invite().json()["id"]
    [(_, _, code)] = read()
    for _ in range(5):
        answer(client, id, f"{(int(code) + 1) % 10**6:06}")

    assert codes(answer(client, id, code)) == ["invalid_code"]


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_an_answer_that_is_repeated_gets_the_same_response(
    api, invite, read, client, verb
):
    id = invite().json()["id"]
    [(_, _, code)] = read()

    def send():
        url, headers = f"{URL}/{id}/{verb}", {"Idempotency-Key": "one"}
        return api(client).post(url, {"code": code}, headers=headers)

    first, second = send(), send()

    assert first.status_code == second.status_code == 200, first.json()
    assert first.content == second.content


def test_before_its_mail_no_code_works(invite, answer, client):
    id = invite().json()["id"]

    assert codes(answer(client, id, "000000")) == ["invalid_code"]


def test_an_invitation_expires_and_frees_the_time(invite, read, answer, client, wait):
    id = invite().json()["id"]
    [(_, _, code)] = read()
    wait(hours=24, seconds=1)

    late = answer(client, id, code)

    assert (late.status_code, codes(late)) == (409, ["hold_expired"])
    assert invite().status_code == 201
    call_command("sweep", verbosity=0)
    assert not Appointment.objects.filter(pk=id).exists()


def test_it_expires_at_the_start_at_the_latest(invite, api, settings):
    settings.INVITATION_HOURS = 24 * 365

    response = invite(start="2029-12-03T10:00:00Z")

    assert response.json()["hold_expires_at"] == "2029-12-03T10:00:00Z"


def test_an_available_appointment_is_offered_and_available_again(
    api, therapist, read, answer, client
):
    available = AppointmentFactory(therapist=therapist, available=True)
    body = {"client_email": ADDRESS}

    offered = api(therapist.user).post(f"{URL}/{available.pk}/book", body)

    assert offered.status_code == 200, offered.json()
    assert (offered.json()["status"], offered.json()["invited"]) == ("held", True)
    [(_, _, code)] = read()
    assert answer(client, available.pk, code, "decline").status_code == 200
    again = Appointment.objects.get(status="available")
    assert (again.start, again.was_published) == (available.start, True)


def test_an_expired_offer_is_available_again_and_its_code_ends(
    api, therapist, read, answer, client, wait
):
    available = AppointmentFactory(therapist=therapist, available=True)
    api(therapist.user).post(
        f"{URL}/{available.pk}/book", {"client_email": "first@example.com"}
    )
    [(_, _, code)] = read()
    first = UserFactory(email="first@example.com")
    wait(hours=25)

    booked = api(client).post(f"{URL}/{available.pk}/book")

    assert booked.status_code == 200, booked.json()
    assert codes(answer(first, available.pk, code)) == ["hold_expired"]


def test_staff_invite_and_clients_cannot(api, invite, clerk):
    assert invite(by=clerk).status_code == 201

    refused = invite(by=UserFactory(), start="2030-01-09T09:00:00Z")

    assert refused.status_code == 403


def test_a_client_is_named_once(invite, client):
    response = invite(client_id=client.pk)

    assert refusals(response) == [("client_email", "exclusive")]


@pytest.mark.parametrize("email", ["nonsense", "", "a@b", None, 7])
def test_an_address_that_is_none_is_refused(invite, email):
    response = invite(email=email)

    assert response.status_code == 400
    assert [field for field, _ in refusals(response)] == ["client_email"]


def test_a_client_who_is_busy_then_learns_it_alone(invite, read, answer, client):
    response = invite()
    [(_, _, code)] = read()
    start = Appointment.objects.get().start
    AppointmentFactory(client=client, start=start, end=start + HOUR)

    refused = answer(client, response.json()["id"], code)

    assert (response.status_code, refused.status_code) == (201, 409)
    assert codes(refused) == ["client_busy"]
    assert Invitation.objects.exists()


def test_an_invitation_that_was_cancelled_cannot_be_accepted(
    api, invite, read, answer, client, therapist
):
    id = invite().json()["id"]
    [(_, _, code)] = read()
    assert api(therapist.user).post(f"{URL}/{id}/cancel").status_code == 200

    assert codes(answer(client, id, code)) == ["hold_expired"]


def test_the_invited_cannot_see_it_before(api, invite, client):
    id = invite().json()["id"]

    assert api(client).get(f"{URL}/{id}").status_code == 404
    assert api(client).get(URL).json()["results"] == []
    assert codes(api(client).post(f"{URL}/{id}/book")) == ["not_found"]


def test_the_therapist_cannot_accept_their_own_invitation(
    invite, read, answer, therapist
):
    id = invite(email=therapist.user.email).json()["id"]
    [(_, _, code)] = read()

    assert codes(answer(therapist.user, id, code)) == ["own_therapist"]


def test_the_list_of_deliveries_has_no_text_and_no_code(invite, read):
    invite()
    [(_, _, code)] = read()

    stored = str([*Delivery.objects.values(), *Invitation.objects.values()])

    assert code not in stored


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_gets_it(
    at_once, invite, read, answer, client, therapist
):
    id = invite().json()["id"]
    [(_, _, code)] = read()

    responses = at_once(
        lambda: answer(client, id, code), lambda: answer(client, id, code, "decline")
    )

    assert min(r.status_code for r in responses) == 200
    assert max(r.status_code for r in responses) in (400, 409)
    status = Appointment.objects.get(pk=id).status
    assert status in ("booked", "cancelled")
    assert not Invitation.objects.exists()
