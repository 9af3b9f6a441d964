"""Filters, pages and refusals of the search for slots."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.tests.availability.searching import MONDAY, URL, list_starts
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from booking.tests import codes, refusals
from therapists.tests.factories import (
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


def test_specialisms_filter_the_therapists(api, therapist):
    both = TherapistFactory(slotted=True, specialisms=["Anxiety", "Sleep"])
    OfferingFactory(therapist=both, duration=60)
    WorkingHoursFactory(therapist=both, start=time(9), end=time(10))

    def find_ids(**filters):
        results = api().get(URL, MONDAY | filters).json()["results"]
        return {slot["therapist"]["id"] for slot in results}

    assert find_ids(specialisms="ANXIETY") == {therapist.pk, both.pk}
    assert find_ids(specialisms="sleep,unknown") == {both.pk}
    assert find_ids(specialisms="sleep,anxiety", specialisms_match="all") == {both.pk}
    assert find_ids(specialisms="unknown") == set()


def test_pages_in_both_directions_have_every_slot_once(api):
    for _ in range(3):
        therapist = TherapistFactory(slotted=True)
        OfferingFactory(therapist=therapist, duration=60)
        WorkingHoursFactory.week(therapist)
    filters = MONDAY | {"end": "2030-01-14"}
    first = api().get(URL, filters | {"page_size": 200}).json()
    second = api().get(first["next"]).json()
    slots = first["results"] + second["results"]

    forwards, page = [], api().get(URL, filters | {"page_size": 37}).json()
    while True:
        forwards += page["results"]
        if page["next"] is None:
            break
        page = api().get(page["next"]).json()
    backwards = page["results"]
    while page["previous"]:
        page = api().get(page["previous"]).json()
        backwards = page["results"] + backwards

    assert len(slots) == 3 * 6 * 15
    assert forwards == slots
    assert backwards == slots


def test_a_search_is_one_statement_however_many_slots_it_finds(api, therapist):
    few = count_statements(api, MONDAY)
    for _ in range(5):
        other = TherapistFactory(slotted=True, specialisms=["Anxiety", "Sleep"])
        OfferingFactory(therapist=other, duration=60)
        WorkingHoursFactory.week(other)
        AppointmentFactory(therapist=other, start=FIRST_SESSION)

    many = count_statements(
        api, MONDAY | {"end": "2030-03-09", "specialisms": "anxiety"}
    )

    assert few == many == 1


def count_statements(api, filters):
    with CaptureQueriesContext(connection) as statements:
        assert api().get(URL, filters).status_code == 200
    return len(statements)


def test_signing_in_changes_no_slots(api, therapist):
    assert list_starts(api(UserFactory()).get(URL, MONDAY)) == list_starts(
        api().get(URL, MONDAY)
    )


REFUSED = {
    "no dates": ({"start": "", "end": ""}, {"required"}),
    "no end": ({"end": ""}, {"required"}),
    "inverted": ({"end": "2030-01-06"}, {"inverted"}),
    "63 days": ({"end": "2030-03-10"}, {"too_long"}),
    "no type": ({"type": ""}, {"required"}),
    "an unknown type": ({"type": "group"}, {"invalid_choice"}),
    "a malformed id": ({"therapist_id": "x"}, {"invalid"}),
    "a malformed date": ({"start": "7 January"}, {"invalid", "required"}),
    "an edited cursor": ({"cursor": "WzEsMl0:x"}, {"invalid_cursor"}),
    "an empty page": ({"page_size": "0"}, {"invalid"}),
    "an unknown parameter": ({"when": "now"}, {"unknown_parameter"}),
    "a status": ({"status": "booked"}, {"unknown_parameter"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_invalid_filters_are_refused(api, therapist, case):
    filters, expected = REFUSED[case]

    response = api().get(URL, MONDAY | filters)

    assert response.status_code == 400
    assert set(codes(response)) <= expected


def test_a_missing_date_is_refused_once(api):
    response = api().get(URL, {"start": "2030-01-07", "type": "one-off"})

    assert response.status_code == 400
    assert refusals(response) == [("end", "required")]


def test_a_cursor_of_another_search_is_refused(api, therapist):
    page = api().get(URL, MONDAY | {"page_size": 2}).json()

    response = api().get(page["next"].replace("type=one-off", "type=consultation"))

    assert response.status_code == 400
    assert codes(response) == ["invalid_cursor"]


@pytest.mark.parametrize("route", ["slots", "next_slot"])
def test_an_unlisted_therapist_is_not_found(api, therapist, route):
    therapist.is_active = False
    therapist.save()

    for id in (therapist.pk, 10**17):
        if route == "slots":
            response = api().get(URL, MONDAY | {"therapist_id": id})
        else:
            response = api().get(f"/api/v1/therapists/{id}/next_slot?type=one-off")

        assert response.status_code == 404
