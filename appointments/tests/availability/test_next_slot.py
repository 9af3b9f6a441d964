"""The first slot of one therapist."""

from datetime import UTC, datetime

import pytest

from appointments.tests.factories import NOW, AppointmentFactory
from booking.tests import refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def test_the_next_slot_is_the_first_one(api, therapist):
    AppointmentFactory(therapist=therapist, start=datetime(2029, 12, 3, 9, tzinfo=UTC))

    response = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot?type=one-off")

    assert response.json()["start"] == "2029-12-03T10:00:00Z"


def test_the_next_slot_is_null_if_there_is_none(api, therapist):
    response = api().get(
        f"/api/v1/therapists/{therapist.pk}/next_slot?type=consultation"
    )

    assert response.status_code == 200
    assert response.content == b"null"


@pytest.mark.parametrize(
    ("filters", "refusal"),
    [
        ({}, ("type", "required")),
        ({"type": "group"}, ("type", "invalid_choice")),
        ({"type": "one-off", "page_size": 1}, ("page_size", "unknown_parameter")),
        ({"type": "one-off", "start": "2030-01-07"}, ("start", "unknown_parameter")),
    ],
)
def test_invalid_filters_of_the_next_slot_are_refused(api, therapist, filters, refusal):
    response = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot", filters)

    assert response.status_code == 400
    assert refusals(response) == [refusal]


SLOTS = "/api/v1/slots?type=one-off&start=2030-01-07&end=2030-01-07"


@pytest.fixture(params=["next_slot", "slots", "days", "moves"])
def search(request, api):
    """Search for slots of one therapist, by each of the routes."""

    def get(therapist):
        by_id = f"{SLOTS}&therapist_id={therapist.pk}"
        urls = {
            "next_slot": f"/api/v1/therapists/{therapist.pk}/next_slot?type=one-off",
            "slots": by_id,
            "days": f"{by_id}&per_day=first",
            "moves": f"{by_id}&ignore_appointment=1",
        }
        return api().get(urls[request.param])

    return get


@pytest.mark.parametrize(
    "other", [None, {}, {"available": True, "start": datetime(2029, 11, 1, tzinfo=UTC)}]
)
def test_a_therapist_at_any_time_without_published_times_is_refused(search, other):
    therapist = TherapistFactory()
    if other is not None:
        AppointmentFactory(therapist=therapist, **other)
    AppointmentFactory(available=True)

    response = search(therapist)

    assert response.status_code == 422
    assert refusals(response) == [(None, "not_in_slots")]


@pytest.mark.parametrize(
    "published",
    [
        {"available": True},
        {"held": True, "was_published": True, "hold_expires_at": NOW},
        {"available": True, "type": "consultation"},
    ],
)
def test_a_therapist_at_any_time_with_published_times_has_these(api, published):
    therapist = TherapistFactory()
    start = datetime(2030, 1, 7, 9, tzinfo=UTC)
    AppointmentFactory(therapist=therapist, start=start, **published)
    matches = published.get("type") is None

    page = api().get(f"{SLOTS}&therapist_id={therapist.pk}").json()
    first = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot?type=one-off")

    assert len(page["results"]) == matches
    assert bool(first.json()) == matches
    assert first.status_code == 200


def test_a_search_of_all_therapists_passes_over_those_at_any_time(api):
    TherapistFactory()

    response = api().get(SLOTS)

    assert response.status_code == 200
    assert response.json()["results"] == []


def test_a_therapist_with_slots_who_is_full_is_not_refused(api, therapist):
    therapist.horizon_days = 1
    therapist.save()

    page = api().get(f"{SLOTS}&therapist_id={therapist.pk}")

    assert page.status_code == 200
    assert page.json()["results"] == []
