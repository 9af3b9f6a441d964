"""Another library than the one that writes them reads the calendars, as strictly."""

from datetime import UTC

import pytest
from ical.calendar_stream import CalendarStream

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def read_calendar(text):
    [calendar] = CalendarStream.from_ics(text).calendars
    return calendar


def find_calendar(mail):
    [part] = [
        part for part in mail.attachments if part.get_content_type() == "text/calendar"
    ]
    return part.get_payload(decode=True).decode()


@pytest.fixture
def therapist():
    return TherapistFactory(name="Ada Quill", time_zone="America/New_York")


def test_an_invitation(work, therapist):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    [mail] = work()

    [event] = read_calendar(find_calendar(mail)).events
    assert event.dtstart.astimezone(UTC) == FIRST_SESSION
    assert event.dtend.astimezone(UTC) == FIRST_SESSION + HOUR
    assert (event.status.value, event.summary) == ("CONFIRMED", "Appointment")


def test_a_series_across_the_change_of_the_clock(api, work, clerk, therapist):
    client = UserFactory(time_zone="Europe/London")
    body = {
        "therapist_id": therapist.pk,
        "client_id": client.pk,
        "type": "one-off",
        "start": "2030-02-25T15:00:00Z",
        "duration": 60,
        "every_weeks": 1,
        "count": 4,
    }
    booked = api(clerk).post("/api/v1/series", body).json()
    [mail] = work()

    timeline = read_calendar(find_calendar(mail)).timeline

    starts = [event.dtstart.astimezone(UTC).isoformat() for event in timeline]
    dates = [date["start"].replace("Z", "+00:00") for date in booked["dates"]]
    assert starts == dates
    # New York's clock changes on 10 March.
    assert [start[11:16] for start in starts] == ["15:00", "15:00", "14:00", "14:00"]


def test_a_series_with_a_date_moved_and_a_date_cancelled(api, work, clerk, therapist):
    client = UserFactory()
    body = {
        "therapist_id": therapist.pk,
        "client_id": client.pk,
        "type": "one-off",
        "start": "2030-01-07T15:00:00Z",
        "duration": 60,
        "every_weeks": 1,
        "count": 4,
    }
    booked = api(clerk).post("/api/v1/series", body).json()
    second, third = [date["appointment_id"] for date in booked["dates"]][1:3]
    api(clerk).post(
        f"/api/v1/appointments/{second}/move", {"start": "2030-01-15T16:00:00Z"}
    )
    api(clerk).post(f"/api/v1/appointments/{third}/cancel")
    work()
    start = {"start": "2030-01-08T15:00:00Z"}
    moved = api(clerk).post(f"/api/v1/series/{booked['id']}/move", start)
    assert moved.status_code == 200, moved.json()

    [mail] = work()

    timeline = read_calendar(find_calendar(mail)).timeline
    starts = sorted(
        event.dtstart.astimezone(UTC).isoformat()[:16] for event in timeline
    )
    assert starts == ["2030-01-08T15:00", "2030-01-15T16:00", "2030-01-29T15:00"]


def test_a_feed(api, therapist):
    client = UserFactory()
    AppointmentFactory(therapist=therapist, client=client, start=FIRST_SESSION)
    url = api(client).post("/api/v1/calendar", {"kind": "mine"}).json()["url"]

    content = api().get(url.removeprefix("http://localhost:8000")).content

    [event] = read_calendar(content.decode()).events
    assert event.dtstart == FIRST_SESSION
