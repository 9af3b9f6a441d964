"""How the list is ordered and filtered; test_pagination.py pages it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from booking.tests import refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"


@pytest.fixture
def staff(db):
    return UserFactory(staff=True)


def ids(response):
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def test_appointments_are_listed_by_start_then_id(api, staff):
    later = AppointmentFactory(start=FIRST_SESSION + HOUR)
    first = AppointmentFactory(start=FIRST_SESSION)
    tie = AppointmentFactory(start=FIRST_SESSION)

    response = api(staff).get(URL)

    assert ids(response) == [first.pk, tie.pk, later.pk]
    assert response.json().keys() == {"next", "previous", "results"}
    assert response.json()["next"] is response.json()["previous"] is None


@pytest.fixture
def rows(db):
    """Appointments that differ in the fields that can be filtered."""
    ada = TherapistFactory(name="Ada", specialisms=["Anxiety", "Ängste"])
    bob = TherapistFactory(name="Bob", specialisms=["Anxiety", "Straße"])
    eve = TherapistFactory(name="Eve", specialisms=["Sleep"])
    kinds = {
        "ada": {"therapist": ada},
        "ada available": {"therapist": ada, "available": True},
        "bob": {"therapist": bob, "type": "consultation"},
        "bob cancelled": {"therapist": bob, "cancelled": True},
        "eve": {"therapist": eve, "status": "no_show"},
        "none": {},
    }
    return {name: AppointmentFactory(**kind) for name, kind in kinds.items()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "consultation"}, "bob"),
        ({"status": "available"}, "ada available"),
        ({"status": "cancelled"}, "bob cancelled"),
        ({"status": "no_show"}, "eve"),
        ({"status": "held"}, ""),
        ({"specialisms": "sleep"}, "eve"),
        ({"specialisms": "SLEEP, ängste"}, "ada, ada available, eve"),
        ({"specialisms": "ÄNGSTE"}, "ada, ada available"),
        ({"specialisms": "STRAßE"}, "bob, bob cancelled"),
        ({"specialisms": "anxiety"}, "ada, ada available, bob, bob cancelled"),
        (
            {"specialisms": "anxiety,Ängste", "specialisms_match": "all"},
            "ada, ada available",
        ),
        (
            {"specialisms": "ängste,Ängste", "specialisms_match": "all"},
            "ada, ada available",
        ),
        ({"specialisms": "anxiety,sleep", "specialisms_match": "all"}, ""),
        ({"specialisms": "sleep,chess", "specialisms_match": "all"}, ""),
        ({"specialisms": "sleep,chess", "specialisms_match": "any"}, "eve"),
        ({"specialisms": "chess"}, ""),
        ({"specialisms": "Slee"}, ""),
        ({"specialisms": "sl%"}, ""),
        ({"specialisms": "anxiety", "type": "consultation"}, "bob"),
        ({"therapist_id": 10**12}, ""),
        ({"therapist_id": 2**63 - 1}, ""),
    ],
)
def test_filters_select_the_rows_that_match(api, staff, rows, query, expected):
    names = {row.pk: name for name, row in rows.items()}

    response = api(staff).get(URL, query)

    assert ", ".join(names[id] for id in ids(response)) == expected


def test_the_original_route_filters_by_therapist(api, staff, rows):
    therapist = rows["bob"].therapist

    response = api(staff).get("/get_appointments", {"therapist_id": therapist.pk})

    assert ids(response) == [rows["bob"].pk, rows["bob cancelled"].pk]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("UTC", datetime(2030, 3, 31, tzinfo=UTC), datetime(2030, 4, 1, 23, 59)),
        # The days around the beginning of summer time.
        (
            "Europe/Berlin",
            datetime(2030, 3, 30, 23, tzinfo=UTC),
            datetime(2030, 4, 1, 21, 59),
        ),
        (
            "America/New_York",
            datetime(2030, 3, 31, 4, tzinfo=UTC),
            datetime(2030, 4, 2, 3, 59),
        ),
    ],
)
def test_start_and_end_are_whole_days_in_the_practice_s_time_zone(
    api, staff, settings, zone, first, last
):
    settings.PRACTICE_TIME_ZONE = zone
    last = last.replace(tzinfo=UTC)
    minute = timedelta(minutes=1)
    starts = [first - minute, first, last, last + minute]
    rows = [AppointmentFactory(start=start) for start in starts]

    response = api(staff).get(URL, {"start": "2030-03-31", "end": "2030-04-01"})

    assert ids(response) == [rows[1].pk, rows[2].pk]


def test_a_period_can_be_one_day(api, staff):
    row = AppointmentFactory(start=FIRST_SESSION)

    response = api(staff).get(URL, {"start": "2030-01-07", "end": "2030-01-07"})

    assert ids(response) == [row.pk]


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("start=2030-01-08&end=2030-01-07", [("end", "inverted")]),
        ("start=2027-02-29&end=2027-03-01", [("start", "invalid")]),
        ("start=20300107&end=2030-01-08", [("start", "invalid")]),
        ("start=2030-1-7&end=2030-01-08", [("start", "invalid")]),
        ("start=2030-01-07T10:00&end=2030-01-08", [("start", "invalid")]),
        ("start=x&end=y", [("end", "invalid"), ("start", "invalid")]),
        ("start=0001-01-01&end=2030-01-08", [("start", "min_value")]),
        ("start=2030-01-07&end=9999-12-31", [("end", "max_value")]),
        ("start=%00&end=2030-01-08", [("start", "invalid")]),
        ("type=group", [("type", "invalid_choice")]),
        ("type=One-Off", [("type", "invalid_choice")]),
        ("status=lost", [("status", "invalid_choice")]),
        ("status=booked,lost", [("status", "invalid_choice")]),
        ("status=booked&status=lost", [("status", "invalid_choice")]),
        ("mine=yes", [("mine", "invalid_choice")]),
        ("ordering=end", [("ordering", "invalid_choice")]),
        ("client_id=0", [("client_id", "min_value")]),
        ("search=a%00", [("search", "null_characters_not_allowed")]),
        ("client_id=1&client_id=2", [("client_id", "repeated")]),
        ("specialisms_match=most", [("specialisms_match", "invalid_choice")]),
        ("specialisms=a%00", [("specialisms", "null_characters_not_allowed")]),
        ("therapist_id=x", [("therapist_id", "invalid")]),
        ("therapist_id=0", [("therapist_id", "min_value")]),
        ("therapist_id=-1", [("therapist_id", "min_value")]),
        ("therapist_id=" + "9" * 20, [("therapist_id", "max_value")]),
        ("therapist_id=" + "9" * 5000, [("therapist_id", "invalid")]),
        ("therapist=1", [("therapist", "unknown_parameter")]),
        (
            "a=1&B=2&type=x",
            [
                ("B", "unknown_parameter"),
                ("a", "unknown_parameter"),
                ("type", "invalid_choice"),
            ],
        ),
        ("page_size=0", [("page_size", "invalid")]),
        ("page_size=-1", [("page_size", "invalid")]),
        ("page_size=201", [("page_size", "invalid")]),
        ("page_size=1000000000", [("page_size", "invalid")]),
        ("page_size=x", [("page_size", "invalid")]),
        ("cursor=x", [("cursor", "invalid_cursor")]),
        ("type=one-off&type=consultation", [("type", "repeated")]),
        ("type=one-off&type=x", [("type", "repeated")]),
        ("page_size=1&page_size=2", [("page_size", "repeated")]),
        (
            "start=2030-01-07&start=2030-01-08&end=2030-01-06",
            [("start", "repeated")],
        ),
    ],
)
@pytest.mark.parametrize("url", [URL, "/get_appointments"])
def test_invalid_parameters_are_refused(api, staff, url, query, refused):
    response = api(staff).get(f"{url}?{query}")

    assert response.status_code == 400
    assert refusals(response) == refused


@pytest.mark.parametrize(
    "empty",
    [
        "type=",
        "status=",
        "status=,",
        "specialisms=",
        "therapist_id=",
        "start=&end=",
        "mine=false",
        "ordering=",
        "client_id=",
        "search=",
    ],
)
def test_a_filter_without_a_value_is_ignored(api, staff, rows, empty):
    listed = ids(api(staff).get(f"{URL}?{empty}"))

    assert listed == [row.pk for row in rows.values()]


@pytest.mark.parametrize("role", ["client", "therapist", "staff"])
def test_a_list_of_any_length_takes_one_query(api, role):
    therapist = TherapistFactory(signs_in=True, specialisms=["Anxiety", "Sleep"])
    user = therapist.user if role == "therapist" else UserFactory(staff=role == "staff")
    query = {"specialisms": "Sleep,Anxiety", "start": "2029-01-01", "end": "2199-01-01"}
    AppointmentFactory.create_batch(30, therapist=therapist, available=True)
    client = api(user)

    with CaptureQueriesContext(connection) as captured:
        listed = ids(client.get(URL, query))

    assert len(listed) == 30
    assert len(captured) == 1
