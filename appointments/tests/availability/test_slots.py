"""Search as its users see it; `test_slots_model` compares it with an obvious model."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from booking.tests import codes, refusals
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/slots"
MONDAY = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}


@pytest.fixture
def therapist():
    """Mondays from 9 to 12, an hour each, at full and half hours."""
    therapist = TherapistFactory(name="Ada", slotted=True, specialisms=["Anxiety"])
    OfferingFactory(therapist=therapist, duration=60)
    WorkingHoursFactory(therapist=therapist, end=time(12))
    return therapist


def starts(response):
    assert response.status_code == 200, response.content
    return [slot["start"][11:16] for slot in response.json()["results"]]


def test_a_slot_says_what_to_book(api, therapist):
    response = api().get(URL, MONDAY)

    assert response.json()["results"][0] == {
        "start": "2030-01-07T09:00:00Z",
        "end": "2030-01-07T10:00:00Z",
        "type": "one-off",
        "duration": 60,
        "therapist": {
            "id": therapist.pk,
            "name": "Ada",
            "specialisms": ["Anxiety"],
            "time_zone": "UTC",
        },
        "appointment_id": None,
    }
    assert starts(response) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_what_is_taken_is_not_offered_and_neither_is_its_break(api, therapist):
    therapist.break_minutes = 15
    therapist.save()
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION)

    response = api().get(URL, MONDAY)

    # At 10:00 the break of the first is not over.
    assert starts(response) == ["10:30", "11:00"]


def test_a_cancelled_appointment_is_no_obstacle(api, therapist):
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION, cancelled=True)

    response = api().get(URL, MONDAY)

    assert len(starts(response)) == 5


def test_absences_and_closures_are_free_of_slots(api, therapist):
    AbsenceFactory(
        therapist=therapist,
        start=FIRST_SESSION.replace(hour=10, minute=30),
        end=FIRST_SESSION.replace(hour=11),
    )
    ClosureFactory(start=date(2030, 1, 14), end=date(2030, 1, 14))

    response = api().get(URL, MONDAY | {"end": "2030-01-14"})

    assert starts(response) == ["09:00", "09:30", "11:00"]


def test_published_appointments_are_offered_with_their_id(api, therapist):
    published = AppointmentFactory(
        therapist=therapist, available=True, start=FIRST_SESSION + 5 * HOUR
    )
    other = TherapistFactory(specialisms=["Sleep"])
    AppointmentFactory(therapist=other, available=True, start=FIRST_SESSION)

    response = api().get(URL, MONDAY | {"therapist_id": therapist.pk})

    last = response.json()["results"][-1]
    assert (last["start"], last["appointment_id"]) == (
        "2030-01-07T14:00:00Z",
        published.pk,
    )
    assert starts(response) == ["09:00", "09:30", "10:00", "10:30", "11:00", "14:00"]


@pytest.mark.parametrize(
    "published",
    [
        pytest.param({"type": "consultation"}, id="of another type"),
        pytest.param({"therapist__is_active": False}, id="of an inactive therapist"),
        pytest.param({"cancelled": True}, id="withdrawn"),
        pytest.param({"therapist__specialisms": ["Sleep"]}, id="for something else"),
        pytest.param({"start": FIRST_SESSION - 10 * HOUR}, id="before the first day"),
        pytest.param({"start": FIRST_SESSION + 15 * HOUR}, id="after the last day"),
    ],
)
def test_of_what_was_published_only_what_was_asked_for_is_offered(api, published):
    wanted = {"therapist__specialisms": ["Anxiety"], "start": FIRST_SESSION}
    asked = MONDAY | {"specialisms": "anxiety"}
    AppointmentFactory(available=True, **wanted)

    AppointmentFactory(available=True, **wanted | published)

    assert starts(api().get(URL, asked)) == ["09:00"]


def test_what_was_published_is_offered_until_it_begins(api, clock):
    AppointmentFactory(available=True, start=FIRST_SESSION)

    before = api().get(URL, MONDAY)
    clock.move_to(FIRST_SESSION)
    after = api().get(URL, MONDAY)

    assert (starts(before), starts(after)) == (["09:00"], [])


def test_a_window_of_the_evening_before_counts(api):
    therapist = TherapistFactory(slotted=True)
    OfferingFactory(therapist=therapist, duration=60)
    WorkingHoursFactory(therapist=therapist, weekday=7, start=time(22), end=time(2))

    response = api().get(URL, MONDAY)

    assert starts(response) == ["00:00", "00:30", "01:00"]


def test_touching_windows_are_one_with_one_grid(api):
    therapist = TherapistFactory(slotted=True, start_step_minutes=50)
    OfferingFactory(therapist=therapist, duration=50)
    WorkingHoursFactory(therapist=therapist, start=time(9), end=time(10))
    WorkingHoursFactory(therapist=therapist, start=time(10), end=time(12))

    response = api().get(URL, MONDAY)

    assert starts(response) == ["09:00", "09:50", "10:40"]


@pytest.mark.parametrize(
    ("day", "window", "expected"),
    [
        # Clocks go from 01:00 UTC, 02:00 there, back to 01:00: that hour occurs twice.
        pytest.param(
            "2027-10-31", ("01:30", "02:30"), "00:30 - 02:30", id="fold, start"
        ),
        pytest.param("2027-10-31", ("00:30", "01:30"), "23:30 - 01:30", id="fold, end"),
        # Clocks go from 01:00, the same in UTC, to 02:00: that hour does not occur.
        pytest.param(
            "2027-03-28", ("01:30", "03:00"), "01:00 - 02:00", id="gap, start"
        ),
        pytest.param("2027-03-28", ("00:00", "01:30"), "00:00 - 01:00", id="gap, end"),
    ],
)
def test_an_edge_in_a_change_of_clocks(api, clock, day, window, expected):
    clock.move_to(datetime(2027, 1, 1, tzinfo=UTC))
    therapist = TherapistFactory(
        slotted=True, time_zone="Europe/London", start_step_minutes=30
    )
    OfferingFactory(therapist=therapist, duration=30)
    start, end = (time.fromisoformat(edge) for edge in window)
    WorkingHoursFactory(therapist=therapist, weekday=7, start=start, end=end)
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()

    slots = api().get(URL, MONDAY | {"start": before, "end": day}).json()["results"]

    assert f"{slots[0]['start'][11:16]} - {slots[-1]['end'][11:16]}" == expected


def test_therapists_are_found_by_specialism(api, therapist):
    both = TherapistFactory(slotted=True, specialisms=["Anxiety", "Sleep"])
    OfferingFactory(therapist=both, duration=60)
    WorkingHoursFactory(therapist=both, start=time(9), end=time(10))

    def found(**asked):
        results = api().get(URL, MONDAY | asked).json()["results"]
        return {slot["therapist"]["id"] for slot in results}

    assert found(specialisms="ANXIETY") == {therapist.pk, both.pk}
    assert found(specialisms="sleep,nobody's") == {both.pk}
    assert found(specialisms="sleep,anxiety", specialisms_match="all") == {both.pk}
    assert found(specialisms="nobody's") == set()


@pytest.mark.parametrize("change", [{"is_active": False}, {"booking_mode": "any_time"}])
def test_only_active_therapists_with_hours_have_slots(api, therapist, change):
    for name, value in change.items():
        setattr(therapist, name, value)
    therapist.save()

    assert starts(api().get(URL, MONDAY)) == []


def test_notice_and_horizon_bound_the_search(api, therapist, clock):
    therapist.notice_hours, therapist.horizon_days = 2, 7
    therapist.save()
    clock.move_to(datetime(2030, 1, 7, 8, 15, tzinfo=UTC))

    response = api().get(URL, MONDAY | {"end": "2030-01-21"})

    found = [slot["start"] for slot in response.json()["results"]]
    assert found == ["2030-01-07T10:30:00Z", "2030-01-07T11:00:00Z"]


def test_pages_neither_skip_nor_repeat_in_either_direction(api):
    for _ in range(3):
        therapist = TherapistFactory(slotted=True)
        OfferingFactory(therapist=therapist, duration=60)
        WorkingHoursFactory.week(therapist)
    asked = MONDAY | {"end": "2030-01-14"}
    first = api().get(URL, asked | {"page_size": 200}).json()
    second = api().get(first["next"]).json()
    everything = first["results"] + second["results"]

    forwards, page = [], api().get(URL, asked | {"page_size": 37}).json()
    while True:
        forwards += page["results"]
        if page["next"] is None:
            break
        page = api().get(page["next"]).json()
    backwards = page["results"]
    while page["previous"]:
        page = api().get(page["previous"]).json()
        backwards = page["results"] + backwards

    assert len(everything) == 3 * 6 * 15
    assert forwards == everything
    assert backwards == everything


def test_the_statements_of_a_search_do_not_grow(api, therapist):
    few = _statements(api, MONDAY)
    for _ in range(5):
        other = TherapistFactory(slotted=True, specialisms=["Anxiety", "Sleep"])
        OfferingFactory(therapist=other, duration=60)
        WorkingHoursFactory.week(other)
        AppointmentFactory(therapist=other, start=FIRST_SESSION)

    many = _statements(api, MONDAY | {"end": "2030-03-09", "specialisms": "anxiety"})

    assert few == many == 1


def _statements(api, asked):
    with CaptureQueriesContext(connection) as statements:
        assert api().get(URL, asked).status_code == 200
    return len(statements)


REFUSED = {
    "no dates": ({"start": "", "end": ""}, {"required"}),
    "no end": ({"end": ""}, {"required"}),
    "inverted": ({"end": "2030-01-06"}, {"inverted"}),
    "63 days": ({"end": "2030-03-10"}, {"too_long"}),
    "no type": ({"type": ""}, {"required"}),
    "an unknown type": ({"type": "group"}, {"invalid_choice"}),
    "no therapist's id": ({"therapist_id": "x"}, {"invalid"}),
    "a malformed date": ({"start": "7 January"}, {"invalid", "required"}),
    "an edited cursor": ({"cursor": "WzEsMl0:x"}, {"invalid_cursor"}),
    "a page of nothing": ({"page_size": "0"}, {"invalid"}),
    "an unknown parameter": ({"when": "now"}, {"unknown_parameter"}),
    "a status": ({"status": "booked"}, {"unknown_parameter"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_searched_is_refused(api, therapist, case):
    asked, expected = REFUSED[case]

    response = api().get(URL, MONDAY | asked)

    assert response.status_code == 400
    assert set(codes(response)) <= expected


def test_one_missing_date_is_told_once(api):
    response = api().get(URL, {"start": "2030-01-07", "type": "one-off"})

    assert response.status_code == 400
    assert refusals(response) == [("end", "required")]


def test_a_cursor_of_another_search_is_refused(api, therapist):
    page = api().get(URL, MONDAY | {"page_size": 2}).json()

    response = api().get(page["next"].replace("type=one-off", "type=consultation"))

    assert response.status_code == 400
    assert codes(response) == ["invalid_cursor"]


@pytest.mark.parametrize("route", ["slots", "next_slot"])
def test_a_therapist_who_is_not_listed_is_not_found(api, therapist, route):
    therapist.is_active = False
    therapist.save()

    for id in (therapist.pk, 10**17):
        if route == "slots":
            response = api().get(URL, MONDAY | {"therapist_id": id})
        else:
            response = api().get(f"/api/v1/therapists/{id}/next_slot?type=one-off")

        assert response.status_code == 404


def test_the_next_slot_is_the_first_one(api, therapist):
    AppointmentFactory(therapist=therapist, start=datetime(2029, 12, 3, 9, tzinfo=UTC))

    response = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot?type=one-off")

    assert response.json()["start"] == "2029-12-03T10:00:00Z"


def test_the_next_slot_is_null_where_there_is_none(api, therapist):
    response = api().get(
        f"/api/v1/therapists/{therapist.pk}/next_slot?type=consultation"
    )

    assert response.status_code == 200
    assert response.content == b"null"


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({}, ("type", "required")),
        ({"type": "group"}, ("type", "invalid_choice")),
        ({"type": "one-off", "page_size": 1}, ("page_size", "unknown_parameter")),
        ({"type": "one-off", "start": "2030-01-07"}, ("start", "unknown_parameter")),
    ],
)
def test_what_the_next_slot_does_not_understand_is_refused(
    api, therapist, asked, refused
):
    response = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot", asked)

    assert response.status_code == 400
    assert refusals(response) == [refused]


def test_a_signed_in_client_sees_the_same(api, therapist):
    assert starts(api(UserFactory()).get(URL, MONDAY)) == starts(api().get(URL, MONDAY))


def test_what_begins_at_this_very_moment_is_not_offered(api, therapist):
    with time_machine.travel(FIRST_SESSION, tick=False):
        response = api().get(URL, MONDAY)

    assert starts(response)[0] == "09:30"
