"""The words of mails, and the words that they avoid."""

import email
import email.policy

import icalendar
import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    SeriesFactory,
)
from therapists.tests.factories import SpecialismFactory, TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def therapist():
    therapist = TherapistFactory(
        name="Ada Quill", signs_in=True, time_zone="Asia/Tokyo"
    )
    therapist.specialisms.add(SpecialismFactory(name="Addiction"))
    return therapist


@pytest.fixture
def client():
    return UserFactory(
        name="Kit Moss", email="kit@example.com", time_zone="Europe/London"
    )


@pytest.fixture
def row(client, therapist):
    return AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)


@pytest.fixture
def read(work):
    """Return the mails to an address that are sent now, parsed as a reader's program does."""

    def run(user):
        mails = [
            mail.message().as_bytes() for mail in work() if mail.to == [user.email]
        ]
        return [email.message_from_bytes(m, policy=email.policy.default) for m in mails]

    return run


def get_text(mail, kind="plain"):
    return mail.get_body([kind]).get_content()


def get_event(mail, number=0):
    [part] = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(part.get_content())
    assert calendar["method"] == part.get_param("method")
    return calendar.walk("VEVENT")[number]


def test_a_subject_tells_the_readers_time_and_nothing_else(read, row, client):
    [mail] = read(client)

    assert mail["Subject"] == "Your appointment on Monday 7 January, 09:00"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Booking-Kind"] == "appointment.booked"


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_mail_has_the_time_of_both_with_their_zones(read, row, client, kind):
    [mail] = read(client)
    text = get_text(mail, kind)

    assert "Monday 7 January 2030, 09:00 (Europe/London)" in text
    assert "Monday 7 January 2030, 18:00 (Asia/Tokyo)" in text
    assert "60 minutes with Ada Quill" in text


@pytest.mark.parametrize("who", ["client", "therapist"])
def test_no_mail_says_what_it_is_about(read, row, client, therapist, who):
    reader = client if who == "client" else therapist.user
    [mail] = read(reader)
    head = f"{mail['Subject']} {mail['From']}"
    calendar = str(get_event(mail).to_ical())
    everything = head + get_text(mail) + get_text(mail, "html") + calendar

    for word in ("therap", "Addiction", "one-off"):
        assert word.lower() not in everything.lower()
    for name in ("Kit", "Moss", "Ada", "Quill"):
        assert name not in head + calendar
    other = therapist.user if who == "client" else client
    assert other.email not in everything


def test_the_therapist_reads_the_clients_name(read, row, therapist):
    [mail] = read(therapist.user)

    assert "60 minutes with Kit Moss" in get_text(mail)
    assert "You can cancel" not in get_text(mail)


def test_a_mail_in_german(read, client, therapist):
    client.language = "de"
    client.save()
    AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)

    [mail] = read(client)

    assert mail["Subject"] == "Ihr Termin am Montag, 7. Januar, 09:00"
    assert "Guten Tag, Kit Moss," in get_text(mail)
    assert '<html lang="de">' in get_text(mail, "html")


def test_markup_in_a_name_is_text(read, client, therapist):
    client.name = "<b>Kit</b>"
    client.save()
    AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)

    [mail] = read(client)

    assert "&lt;b&gt;Kit" in get_text(mail, "html")
    assert "<b>Kit</b>" in get_text(mail)


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("client", "You have cancelled"),
        ("therapist", "The therapist has cancelled"),
        ("practice", "The practice has cancelled"),
    ],
)
def test_a_cancellation_says_by_whom(
    api, clerk, read, row, client, therapist, who, text
):
    read(client)
    user = {"client": client, "therapist": therapist.user, "practice": clerk}[who]
    assert api(user).post(f"{URL}/{row.pk}/cancel").status_code == 200

    [mail] = read(client)

    assert mail["Subject"] == "Your appointment on Monday 7 January, 09:00 is cancelled"
    assert text in get_text(mail)


def test_the_event_is_the_same_through_its_life(api, read, row, client):
    [booked] = read(client)
    api(client).post(f"{URL}/{row.pk}/move", {"start": str(FIRST_SESSION + 24 * HOUR)})
    [moved] = read(client)
    api(client).post(f"{URL}/{row.pk}/cancel")
    [cancelled] = read(client)
    events = [get_event(mail) for mail in (booked, moved, cancelled)]

    assert len({event["uid"] for event in events}) == 1
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert [event["status"] for event in events] == ["CONFIRMED"] * 2 + ["CANCELLED"]
    assert [event.start for event in events] == [
        FIRST_SESSION,
        *[FIRST_SESSION + 24 * HOUR] * 2,
    ]
    assert len({mail["Message-ID"] for mail in (booked, moved, cancelled)}) == 3


# An entry of the history has the moment of its transaction.
@pytest.mark.django_db(transaction=True)
def test_a_series_is_one_rule_with_its_exceptions(api, read, client, therapist):
    series = SeriesFactory(client=client, therapist=therapist, count=4)
    dates = list(series.appointments.order_by("occurrence"))
    api(client).post(f"{URL}/{dates[1].pk}/cancel")
    moved = dates[2].start + 24 * HOUR
    api(client).post(f"{URL}/{dates[2].pk}/move", {"start": str(moved)})
    mails = read(client)
    by_kind = {mail["X-Booking-Kind"]: mail for mail in mails}

    whole = get_event(by_kind["series.booked"])
    assert whole["rrule"] == {"FREQ": ["WEEKLY"], "INTERVAL": [1], "COUNT": [4]}
    assert whole.start == series.start
    assert [one.dt for one in whole["exdate"].dts] == [dates[1].start]
    override = get_event(by_kind["series.booked"], 1)
    assert override["recurrence-id"].dt == dates[2].start
    assert (override.start, override["uid"]) == (moved, whole["uid"])
    single = get_event(by_kind["appointment.cancelled"])
    assert (single["uid"], single["recurrence-id"].dt) == (whole["uid"], dates[1].start)
    text = get_text(by_kind["series.booked"])
    assert text.count("(Europe/London)") == 3
