"""The first slot of each of several therapists."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.availability.slots import find_next_slot
from appointments.tests.availability.openings import open_on
from appointments.tests.factories import HOUR, NOW, AppointmentFactory
from booking.tests import refusals
from therapists.models import Therapist
from therapists.tests.factories import (
    AbsenceFactory,
    OfferingFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/next_slots"
DAY = timedelta(days=1)  # NOW is a Saturday, 2029-12-01, at 8


def make_therapist(weekday, *specialisms, **options):
    therapist = TherapistFactory(slotted=True, specialisms=specialisms, **options)
    OfferingFactory(therapist=therapist, duration=50)
    open_on(therapist, weekday, "09:00-12:00")
    return therapist


@pytest.fixture
def people(db):
    """Therapists by the day on which they work."""
    return {
        "wed": make_therapist(3, "Anxiety"),
        "mon": make_therapist(1, "Anxiety", "Sleep"),
        "sat": make_therapist(6, "Sleep"),
        "never": make_therapist(7, "Anxiety", is_active=False),
    }


def find(api, people, **query):
    response = api().get(URL, {"type": "one-off"} | query)
    assert response.status_code == 200, response.content
    names = {therapist.pk: name for name, therapist in people.items()}
    return [names[slot["therapist"]["id"]] for slot in response.json()["results"]]


def test_each_therapist_comes_once_in_order_of_time(api, people):
    assert find(api, people) == ["sat", "mon", "wed"]


def test_each_is_the_therapist_s_own_next_slot(api, people):
    AppointmentFactory(therapist=people["mon"], start=NOW + 2 * DAY + HOUR)
    AbsenceFactory(therapist=people["wed"], start=NOW, end=NOW + timedelta(days=30))

    slots = api().get(URL, {"type": "one-off"}).json()["results"]

    for slot in slots:
        therapist = Therapist.objects.get(pk=slot["therapist"]["id"])
        own = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot?type=one-off")
        assert slot == own.json()
        assert find_next_slot(therapist, "one-off") is not None
    assert len(slots) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"specialisms": "sleep"}, ["sat", "mon"]),
        ({"specialisms": "sleep,anxiety"}, ["sat", "mon", "wed"]),
        ({"specialisms": "sleep,anxiety", "specialisms_match": "all"}, ["mon"]),
        ({"specialisms": "chess"}, []),
        ({"type": "consultation"}, []),
    ],
)
def test_specialisms_and_type_narrow_the_search(api, people, query, found):
    assert find(api, people, **query) == found


def test_a_published_time_can_be_the_first(api, people):
    row = AppointmentFactory(therapist=people["wed"], start=NOW + HOUR, available=True)

    slot = api().get(URL, {"type": "one-off"}).json()["results"][0]

    assert (slot["appointment_id"], slot["duration"]) == (row.pk, 60)


def test_a_therapist_at_any_time_has_only_what_is_published(api, people):
    people["any"] = TherapistFactory()

    assert "any" not in find(api, people)
    AppointmentFactory(therapist=people["any"], start=NOW + HOUR, available=True)
    assert "any" in find(api, people)


def test_pages_join_in_both_directions(api, people):
    client = api()
    first = client.get(URL, {"type": "one-off", "page_size": 2}).json()
    second = client.get(first["next"]).json()
    again = client.get(second["previous"]).json()

    assert [len(page["results"]) for page in (first, second)] == [2, 1]
    assert second["next"] is first["previous"] is None
    assert again["results"] == first["results"]


def test_every_one_can_be_booked(api, people):
    client = api(UserFactory())

    for slot in client.get(URL, {"type": "one-off"}).json()["results"]:
        body = {name: slot[name] for name in ("start", "duration", "type")}
        body["therapist_id"] = slot["therapist"]["id"]
        assert client.post("/api/v1/appointments", body).status_code == 201


@pytest.mark.parametrize("many", [0, 20])
def test_the_number_of_statements_is_bounded(api, people, many):
    for _ in range(many):
        make_therapist(2)

    with CaptureQueriesContext(connection) as captured:
        api().get(URL, {"type": "one-off"})

    assert len([q for q in captured if "throttle" not in q["sql"]]) <= 6


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ({}, [("type", "required")]),
        ({"type": "group"}, [("type", "invalid_choice")]),
        ({"type": "one-off", "start": "2030-01-01"}, [("start", "unknown_parameter")]),
    ],
)
def test_an_unusable_request_is_refused(api, query, refused):
    response = api().get(URL, query)

    assert (response.status_code, refusals(response)) == (400, refused)
