"""Bystanders see subjects, senders, shared calendars and logs: none says who or why."""

import logging
import re

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import AppointmentRead
from appointments.tests.factories import (
    FIRST_SESSION,
    AppointmentFactory,
    booking_request,
)
from booking.runtime.logs import JsonLine
from notifications.models import Delivery
from notifications.reminders import add_reminders
from notifications.tests.smtp import serve_mail
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
WORDS = re.compile(
    r"kit|moss|quill|anxiety|therap|counsel|psych|session|invited@", re.IGNORECASE
)


@pytest.fixture
def therapist():
    return TherapistFactory(
        name="Ada Quill",
        user=UserFactory(email="quill@example.com", name="Ada Quill"),
        specialisms=["Anxiety"],
    )


@pytest.fixture
def kit():
    return UserFactory(email="moss@example.com", name="Kit Moss")


@pytest.fixture
def live(api, clerk, kit, therapist, work, wait, clock):
    """Let everything happen of which somebody is told; return the mails."""

    def run():
        UserFactory(staff=True)
        id = api(kit).post(URL, booking_request(therapist)).json()["id"]
        work()
        move = {"start": "2030-01-08T09:00:00Z"}
        api(clerk).post(f"{URL}/{id}/move", move)
        work()
        series = booking_request(therapist, start="2030-01-09T11:00:00Z")
        series |= {"client_id": kit.pk, "every_weeks": 1, "count": 3}
        api(clerk).post("/api/v1/series", series)
        invitation = {
            "start": "2030-01-10T09:00:00Z",
            "client_email": "invited@x.example",
        }
        api(clerk).post(URL, booking_request(therapist, **invitation))
        closure = {"start": "2030-01-08", "end": "2030-01-08", "name": "Kings"}
        api(clerk).post("/api/v1/closures", closure)
        work()
        wait(seconds=61)
        work()
        clock.move_to("2030-01-07T09:30:00Z")
        assert add_reminders() > 0
        work()
        reason = {"reason": "therapist_unavailable"}
        api(clerk).post(f"{URL}/{id}/cancel", reason)
        work()

    return run


def list_kinds():
    return {*Delivery.objects.values_list("kind", flat=True)}


def test_subjects_and_senders_say_neither_who_nor_why(live, mailoutbox):
    live()

    assert list_kinds() == {
        "account.invited",
        "appointment.booked",
        "appointment.moved",
        "appointment.cancelled",
        "appointment.reminder",
        "appointment.conflict",
        "series.booked",
    }
    for mail in mailoutbox:
        sent = mail.message()
        shown = [sent["Subject"], sent["From"], sent["Message-ID"]]
        assert not WORDS.search(" ".join(shown)), shown


def test_calendars_in_mails_say_neither_who_nor_why(live, mailoutbox):
    live()

    parts = [part for mail in mailoutbox for part in mail.attachments]
    assert len(parts) > 5
    for part in parts:
        text = part.get_payload(decode=True).decode()
        own_address = re.sub(r"ATTENDEE.*?(?=\r\n\S)", "", text, flags=re.DOTALL)
        assert not WORDS.search(own_address), own_address
        assert not WORDS.search(part.get_filename())


def test_log_lines_say_neither_who_nor_why(live, caplog, settings):
    with caplog.at_level(logging.DEBUG), serve_mail(settings) as server:
        server.reply = "550 <moss@example.com> unknown"
        live()

    ours = [r for r in caplog.records if not r.name.startswith(("mail.log", "asyncio"))]
    lines = [JsonLine().format(record) for record in ours if record.levelno >= 20]
    for line in lines:
        # The path of a request names the resource, and nothing about people.
        assert not WORDS.search(re.sub(r"/api/v1/\S+|\"logger\": \"\S+\"", "", line)), (
            line
        )


def test_a_diary_with_names_is_in_the_log_of_reads(api, therapist, kit):
    user = UserFactory()
    diary = TherapistFactory(user=user)
    AppointmentFactory(therapist=diary, client=kit, start=FIRST_SESSION)

    def read(names):
        body = {"kind": "diary", "names": names}
        url = api(user).post("/api/v1/calendar", body).json()["url"]
        before = AppointmentRead.objects.count()
        response = api().get(url.removeprefix("http://localhost:8000"))
        assert response.status_code == 200
        return AppointmentRead.objects.count() - before

    assert read("none") == 0
    assert read("full") == 1
    entry = AppointmentRead.objects.get()
    assert (entry.user, entry.client) == (user, kit)
    assert "[secret]" in entry.path
