"""Calendars to which other programs subscribe by a secret address."""

import icalendar
import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, HOUR, NOW, AppointmentFactory
from booking.origin import hide_secret
from booking.runtime.logs import redact
from booking.tests import refusals
from notifications.models import Feed
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/calendar"


@pytest.fixture
def therapist():
    return TherapistFactory(name="Ada Quill", signs_in=True)


@pytest.fixture
def client():
    return UserFactory(name="Kit Moss")


@pytest.fixture
def add(api):
    """Make a feed; return its path."""

    def post(user, **fields):
        response = api(user).post(URL, fields)
        assert response.status_code == 201, response.data
        return response.json()["url"].removeprefix("http://localhost:8000")

    return post


@pytest.fixture
def read(api):
    """Return the events of a feed."""

    def get(path):
        response = api().get(path)
        assert response.status_code == 200
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        return icalendar.Calendar.from_ical(response.content).walk("VEVENT")

    return get


def test_a_client_reads_what_is_theirs(add, read, client, therapist):
    row = AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 2 * HOUR)
    AppointmentFactory(client=client, held=True, start=FIRST_SESSION + 4 * HOUR)

    [event] = read(add(client, kind="mine"))

    assert event["uid"] == f"appointment-{row.pk}@localhost"
    assert (event.start, event.end) == (FIRST_SESSION, FIRST_SESSION + HOUR)
    assert (event["summary"], event["status"]) == ("Appointment", "CONFIRMED")


@pytest.mark.parametrize(
    ("names", "summary"),
    [("none", "Appointment"), ("initials", "K.M."), ("full", "Kit Moss")],
)
def test_a_diary_tells_names_only_if_asked_to(
    add, api, client, therapist, names, summary
):
    AppointmentFactory(client=client, therapist=therapist, start=FIRST_SESSION)

    path = add(therapist.user, kind="diary", names=names)
    text = api().get(path).content.decode()

    assert f"SUMMARY:{summary}" in text
    assert ("Moss" in text) == (names == "full")
    assert client.email not in text
    assert "therap" not in text.lower()


def test_a_feed_says_how_often_to_look(add, api, client):
    lines = api().get(add(client, kind="mine")).content.decode().splitlines()

    for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        assert f"{name};VALUE=DURATION:PT1H" in lines


def test_what_is_cancelled_stays_for_a_month(add, read, client, wait):
    AppointmentFactory(client=client, cancelled=True, start=FIRST_SESSION)
    path = add(client, kind="mine")

    assert [event["status"] for event in read(path)] == ["CANCELLED"]
    wait(days=31)
    assert read(path) == []


def test_a_feed_reaches_from_a_month_ago_to_a_year_ahead(add, read, client):
    for days in (-31, -29, 365, 367):
        AppointmentFactory(client=client, start=NOW + days * 24 * HOUR)

    assert len(read(add(client, kind="mine"))) == 2


def test_an_unchanged_feed_is_not_sent_again(add, api, client, wait):
    row = AppointmentFactory(client=client, start=FIRST_SESSION)
    path = add(client, kind="mine")
    first = api().get(path)
    wait(minutes=5)

    headers = {"If-None-Match": first["ETag"]}
    assert api().get(path, headers=headers).status_code == 304

    api(client).post(f"/api/v1/appointments/{row.pk}/cancel")
    assert api().get(path, headers=headers).status_code == 200


def test_a_feed_that_is_deleted_is_gone(add, api, client):
    path = add(client, kind="mine")
    [feed] = api(client).get(URL).json()["results"]
    assert feed.keys() == {"id", "kind", "names", "created_at"}

    assert api(client).delete(f"{URL}/{feed['id']}").status_code == 204

    assert api().get(path).status_code == 404
    assert not Feed.objects.exists()


@pytest.mark.parametrize("case", ["wrong", "deactivated", "no therapist any more"])
def test_other_addresses_lead_nowhere(add, api, therapist, case):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)
    path = add(therapist.user, kind="diary")
    if case == "wrong":
        path = path[:-5] + ("A" if path[-5] != "A" else "B") + ".ics"
    elif case == "deactivated":
        therapist.user.is_active = False
        therapist.user.save()
    else:
        therapist.is_active = False
        therapist.save()
        assert b"VEVENT" not in api().get(path).content
        return

    assert api().get(path).status_code == 404


def test_no_table_holds_an_address_that_works(add, client):
    path = add(client, kind="mine")

    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in str(Feed.objects.values().get())


def test_no_log_line_has_the_secret(add, client):
    path = add(client, kind="mine")

    hidden = "/calendar/[secret].ics"
    assert (hide_secret(path), redact(f"GET {path} 200")) == (
        hidden,
        f"GET {hidden} 200",
    )


def test_only_a_therapist_has_a_diary(api, client):
    response = api(client).post(URL, {"kind": "diary"})

    assert (response.status_code, refusals(response)) == (400, [("kind", "no_diary")])


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "all"}, {"kind": "mine", "names": "x"}, {"kind": "mine", "a": 1}],
)
def test_an_unusable_request_is_refused(api, client, body):
    assert api(client).post(URL, body).status_code == 400
    assert not Feed.objects.exists()


def test_a_user_has_twenty_feeds_at_most(add, api, client):
    for _ in range(20):
        add(client, kind="mine")

    response = api(client).post(URL, {"kind": "mine"})

    assert (response.status_code, refusals(response)) == (
        409,
        [(None, "too_many_feeds")],
    )


def test_a_user_deletes_no_feed_of_others(add, api, client):
    add(client, kind="mine")
    feed = Feed.objects.get()

    assert api(UserFactory()).delete(f"{URL}/{feed.pk}").status_code == 404
    assert api(UserFactory()).get(URL).json()["results"] == []


def test_a_feed_takes_few_statements(add, api, client, django_assert_num_queries):
    AppointmentFactory.create_batch(5, client=client)
    path = add(client, kind="mine")

    # The feed with its user, and the appointments with their people.
    with django_assert_num_queries(2):
        api().get(path)
