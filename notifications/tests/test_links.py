"""Links of mails: pages that ask, and act when their form is sent."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from appointments.models import Appointment
from appointments.tests.factories import HOUR, NOW, AppointmentFactory, booking_request
from booking.origin import hide_secret
from booking.runtime.logs import redact
from notifications.links import LinkPurpose, make_link
from notifications.models import Delivery
from notifications.reminders import add_reminders
from notifications.tests.conftest import ADDRESS, AUTH
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
DAY = timedelta(days=1)


@pytest.fixture
def therapist():
    return TherapistFactory(signs_in=True, name="Ada Quill", time_zone="UTC")


@pytest.fixture
def kit():
    return UserFactory(email=ADDRESS, name="Kit Moss")


@pytest.fixture
def browser():
    return Client()


@pytest.fixture
def find_links(work):
    """Return the paths of the links in the mails to an address that are sent now."""

    def run(address=ADDRESS):
        bodies = [
            (m.body, m.alternatives[0].content) for m in work() if address in m.to
        ]
        found = [re.findall(r"http://\S+?(/link/[\w:-]+)", text) for text, _ in bodies]
        assert all(
            link in html
            for (_, html), ls in zip(bodies, found, strict=True)
            for link in ls
        )
        return [link for links in found for link in links]

    return run


def book(api, client, therapist, **changes):
    return api(client).post(URL, booking_request(therapist, **changes)).json()["id"]


def get_status(id):
    return Appointment.objects.get(pk=id).status


def read_text(response):
    return response.content.decode()


def test_a_client_cancels_without_signing_in(api, browser, find_links, kit, therapist):
    id = book(api, kit, therapist)
    [link] = find_links()

    asked = browser.get(link)

    assert asked.status_code == 200
    assert "Cancel this appointment?" in read_text(asked)
    assert "60 minutes with Ada Quill" in read_text(asked)
    assert "Kit" not in read_text(asked)
    assert get_status(id) == "booked"
    done = browser.post(link)
    assert "Your appointment is cancelled." in read_text(done)
    cancelled = Appointment.objects.get(pk=id)
    assert (cancelled.status, cancelled.cancelled_by) == ("cancelled", "client")
    assert cancelled.history.latest("pgh_id").pgh_context["user"] == kit.pk


def test_a_used_link_has_expired(api, browser, find_links, kit, therapist):
    book(api, kit, therapist)
    [link] = find_links()
    browser.post(link)

    for response in (browser.get(link), browser.post(link)):
        assert response.status_code == 410
        assert "This link no longer works" in read_text(response)


def test_after_a_move_only_the_new_link_works(api, browser, find_links, kit, therapist):
    id = book(api, kit, therapist)
    [old] = find_links()
    api(kit).post(f"{URL}/{id}/move", {"start": "2030-01-08T10:00:00Z"})
    [new] = find_links()

    assert browser.post(old).status_code == 410
    assert get_status(id) == "booked"
    assert browser.post(new).status_code == 200


def test_within_the_notice_the_page_says_that_it_is_too_late(
    api, browser, find_links, kit, therapist, clock
):
    id = book(api, kit, therapist)
    [link] = find_links()
    clock.move_to(Appointment.objects.get().start - HOUR)

    assert "It is too late to cancel here." in read_text(browser.get(link))
    refused = browser.post(link)

    assert refused.status_code == 422
    assert "It is too late to cancel here." in read_text(refused)
    assert get_status(id) == "booked"


def test_the_link_of_a_deactivated_account_has_expired(
    api, browser, find_links, kit, therapist
):
    book(api, kit, therapist)
    [link] = find_links()
    User.objects.update(is_active=False)

    assert browser.get(link).status_code == 410
    assert browser.post(link).status_code == 410


def test_a_therapist_gets_no_link(api, find_links, kit, therapist):
    book(api, kit, therapist)

    assert find_links(therapist.user.email) == []


def test_a_client_confirms_to_come(api, browser, find_links, kit, therapist, clock):
    id = book(api, kit, therapist)
    find_links()
    clock.move_to(Appointment.objects.get().start - DAY)
    assert add_reminders() == 1
    [link] = find_links()
    reminder = Delivery.objects.get(kind="appointment.reminder")
    assert reminder.confirmed_at is None

    assert "Will you come?" in read_text(browser.get(link))
    assert "Thank you." in read_text(browser.post(link))

    reminder.refresh_from_db()
    assert reminder.confirmed_at is not None
    assert get_status(id) == "booked"


@pytest.mark.parametrize("change", ["x", "", ":x"])
def test_a_link_that_was_changed_is_unknown(
    api, browser, find_links, kit, therapist, change
):
    id = book(api, kit, therapist)
    [link] = find_links()
    changed = f"{link}{change}" if change else link[:-2]

    assert browser.get(changed).status_code == 404
    assert browser.post(changed).status_code == 404
    assert get_status(id) == "booked"


def test_a_link_is_for_one_purpose(api, browser, find_links, kit, therapist):
    id = book(api, kit, therapist)
    facts = {"appointment": id, "user": kit.pk}
    start = int(Appointment.objects.get().start.timestamp())
    confirm = make_link(LinkPurpose.CONFIRM, start=start, **facts)

    browser.post(confirm.removeprefix("http://localhost:8000"), {"purpose": "cancel"})

    assert get_status(id) == "booked"


def test_the_page_is_private(api, browser, find_links, kit, therapist):
    book(api, kit, therapist)
    [link] = find_links()

    response = browser.get(link)

    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert "script" not in read_text(response)


def test_no_log_line_has_the_link(api, find_links, kit, therapist):
    book(api, kit, therapist)
    [link] = find_links()

    for line in (hide_secret(link), redact(f"Gone: {link}")):
        assert line.endswith("/link/[secret]")


def test_pages_are_in_the_readers_language(api, browser, find_links, kit, therapist):
    book(api, kit, therapist)
    User.objects.update(language="de")
    [link] = find_links()

    page = read_text(browser.get(link))

    assert '<html lang="de">' in page
    assert "Diesen Termin absagen?" in page


def test_a_link_verifies_an_address(api, browser, find_links):
    api().post(f"{AUTH}/register", {"email": ADDRESS, "password": PASSWORD})
    [link] = find_links()
    user = User.objects.get()

    browser.get(link)
    user.refresh_from_db()
    assert not user.email_verified
    assert "Your address is confirmed." in read_text(browser.post(link))

    user.refresh_from_db()
    assert user.email_verified
    assert not user.sessions.exclude(started_at__lt=NOW).count() > 1
    assert browser.get(link).status_code == 410


def test_a_link_sets_a_new_password(api, browser, find_links, kit, send):
    send("forgot", email=ADDRESS)
    [link] = find_links()

    weak = browser.post(link, {"password": "12345678"})
    assert weak.status_code == 422
    assert "This password is too common." in read_text(weak)
    done = browser.post(link, {"password": "another horse battery"})

    assert "Your password has changed." in read_text(done)
    signed_in = send("login", email=ADDRESS, password="another horse battery")
    assert signed_in.status_code == 200


def test_an_old_link_does_not_use_up_the_new_code(browser, find_links, kit, send):
    send("forgot", email=ADDRESS)
    [old] = find_links()
    send("forgot", email=ADDRESS)
    [new] = find_links()

    for _ in range(6):
        assert browser.get(old).status_code == 410
        assert browser.post(old, {"password": "another horse"}).status_code == 410

    done = browser.post(new, {"password": "another horse battery"})
    assert "Your password has changed." in read_text(done)


def test_a_link_changes_an_address(api, browser, find_links, kit):
    body = {"email": "moss@example.com", "password": PASSWORD}
    api(kit).post(f"{AUTH}/email", body)
    [link] = find_links("moss@example.com")

    assert "Your address has changed." in read_text(browser.post(link))

    kit.refresh_from_db()
    assert kit.email == "moss@example.com"


@pytest.fixture
def invited(api, therapist, find_links):
    """Return the id of an appointment, and the link of the invitation to it."""
    body = booking_request(therapist, client_email=ADDRESS)
    id = api(therapist.user).post(URL, body).json()["id"]
    [link] = find_links()
    return id, link


def test_somebody_new_accepts_by_the_link(browser, invited, send):
    id, link = invited
    assert "Your name" in read_text(browser.get(link))

    done = browser.post(link, {"answer": "accept", "name": "Kit Moss"})

    assert "The appointment is yours." in read_text(done)
    appointment = Appointment.objects.get(pk=id)
    assert (appointment.status, appointment.client.name) == ("booked", "Kit Moss")
    assert appointment.client.email_verified
    assert not appointment.client.has_usable_password()
    assert browser.post(link).status_code == 410


def test_a_client_accepts_by_the_link(kit, browser, invited):
    id, link = invited
    assert "Your name" not in read_text(browser.get(link))

    browser.post(link, {"answer": "accept"})

    assert Appointment.objects.get(pk=id).client == kit


def test_an_invitation_is_declined_by_the_link(browser, invited):
    id, link = invited

    done = browser.post(link, {"answer": "decline"})

    assert "You have declined." in read_text(done)
    assert not User.objects.filter(email=ADDRESS).exists()
    assert get_status(id) == "cancelled"


def test_a_client_who_is_busy_then_reads_why(kit, browser, invited):
    id, link = invited
    start = Appointment.objects.get(pk=id).start
    AppointmentFactory(client=kit, start=start, end=start + HOUR)

    refused = browser.post(link, {"answer": "accept"})

    assert refused.status_code == 422
    assert "You have another appointment at that time." in read_text(refused)


def test_a_name_that_is_none_is_refused(browser, invited):
    id, link = invited

    refused = browser.post(link, {"answer": "accept", "name": "Kit\u0000Moss"})

    assert refused.status_code == 422
    assert get_status(id) == "held"
    assert not User.objects.filter(email=ADDRESS).exists()


def test_an_answer_that_is_none_declines_nothing(browser, invited):
    id, link = invited

    assert browser.post(link).status_code == 422

    assert get_status(id) == "held"
