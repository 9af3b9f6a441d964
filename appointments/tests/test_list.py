from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.models import Appointment
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


def test_everything_is_listed_by_start(api, staff):
    later = AppointmentFactory(start=FIRST_SESSION + HOUR)
    first = AppointmentFactory(start=FIRST_SESSION)
    tie = AppointmentFactory(start=FIRST_SESSION)

    response = api(staff).get(URL)

    assert ids(response) == [first.pk, tie.pk, later.pk]
    assert response.json().keys() == {"next", "previous", "results"}
    assert response.json()["next"] is response.json()["previous"] is None


@pytest.fixture
def rows(db):
    """Appointments that differ in what can be asked for."""
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
    ("query", "found"),
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
def test_filters(api, staff, rows, query, found):
    names = {row.pk: name for name, row in rows.items()}

    response = api(staff).get(URL, query)

    assert ", ".join(names[id] for id in ids(response)) == found


def test_by_therapist(api, staff, rows):
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
def test_days_are_whole_days_of_the_practice(api, staff, settings, zone, first, last):
    settings.PRACTICE_TIME_ZONE = zone
    last = last.replace(tzinfo=UTC)
    minute = timedelta(minutes=1)
    starts = [first - minute, first, last, last + minute]
    rows = [AppointmentFactory(start=start) for start in starts]

    response = api(staff).get(URL, {"start": "2030-03-31", "end": "2030-04-01"})

    assert ids(response) == [rows[1].pk, rows[2].pk]


def test_one_day_is_its_own_start_and_end(api, staff):
    row = AppointmentFactory(start=FIRST_SESSION)

    found = api(staff).get(URL, {"start": "2030-01-07", "end": "2030-01-07"})

    assert ids(found) == [row.pk]


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("start=2030-01-07", [("end", "required")]),
        ("end=2030-01-07", [("start", "required")]),
        ("start=2030-01-07&end=", [("end", "required")]),
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
def test_what_the_list_does_not_understand_is_refused(api, staff, url, query, refused):
    response = api(staff).get(f"{url}?{query}")

    assert response.status_code == 400
    assert refusals(response) == refused


def walk(api, user, link, url):
    """Follow a link to the end; return the ids of each page."""
    pages = []
    while url:
        page = api(user).get(url)
        pages.append(ids(page))
        url = page.json()[link]
    return pages


@pytest.fixture
def seven(db):
    """Seven appointments, of which several start at the same time."""
    starts = [FIRST_SESSION + n // 3 * HOUR for n in range(7)]
    return [AppointmentFactory(start=start).pk for start in starts]


def test_pages_lead_forward_and_back_over_equal_starts(api, staff, seven):
    forward = walk(api, staff, "next", f"{URL}?page_size=2&type=one-off")

    assert forward == [seven[:2], seven[2:4], seven[4:6], seven[6:]]
    page = api(staff).get(f"{URL}?page_size=2&type=one-off").json()
    while page["next"]:
        last, page = page["next"], api(staff).get(page["next"]).json()
    back = walk(api, staff, "previous", last)
    assert back == [seven[6:], seven[4:6], seven[2:4], seven[:2]]


def test_a_page_that_ends_the_list_says_so(api, staff, seven):
    assert api(staff).get(f"{URL}?page_size=7").json()["next"] is None
    almost = api(staff).get(f"{URL}?page_size=6").json()
    assert almost["previous"] is None
    rest = api(staff).get(almost["next"]).json()
    assert [row["id"] for row in rest["results"]] == seven[6:]
    assert rest["next"] is None


def test_a_page_that_became_empty_leads_back(api, staff, seven):
    first = api(staff).get(f"{URL}?page_size=4").json()
    Appointment.objects.filter(pk__in=seven[4:]).delete()

    empty = api(staff).get(first["next"]).json()

    assert (empty["results"], empty["next"]) == ([], None)
    assert ids(api(staff).get(empty["previous"])) == seven[:4]


def test_a_first_page_that_became_empty_leads_on(api, staff, seven):
    first = api(staff).get(f"{URL}?page_size=4").json()
    second = api(staff).get(first["next"]).json()
    Appointment.objects.filter(pk__in=seven[:4]).delete()

    empty = api(staff).get(second["previous"]).json()

    assert (empty["results"], empty["previous"]) == ([], None)
    assert ids(api(staff).get(empty["next"])) == seven[4:]


@pytest.mark.parametrize(
    "empty", ["type=", "status=", "specialisms=", "therapist_id=", "start=&end="]
)
def test_a_filter_without_a_value_is_not_there(api, staff, seven, empty):
    assert ids(api(staff).get(f"{URL}?{empty}")) == seven


@pytest.mark.parametrize(
    "inserted", [FIRST_SESSION - HOUR, FIRST_SESSION, FIRST_SESSION + 9 * HOUR]
)
def test_nothing_is_skipped_or_repeated_while_rows_are_inserted(
    api, staff, seven, inserted
):
    seen, url = [], f"{URL}?page_size=2"
    while url:
        page = api(staff).get(url)
        seen += ids(page)
        url = page.json()["next"] if len(seen) < 20 else None
        AppointmentFactory(start=inserted)
        inserted += timedelta(seconds=60)

    assert [id for id in seen if id in seven] == seven
    assert len(seen) == len(set(seen))


def cursor_of(api, user, url):
    return parse_qs(urlsplit(api(user).get(url).json()["next"]).query)["cursor"][0]


@pytest.mark.parametrize("place", [0, 5, -1])
def test_an_edited_cursor_is_refused(api, staff, seven, place):
    cursor = cursor_of(api, staff, f"{URL}?page_size=2")
    letters = list(cursor)
    letters[place] = "A" if letters[place] != "A" else "B"

    response = api(staff).get(URL, {"page_size": 2, "cursor": "".join(letters)})

    assert response.status_code == 400
    assert refusals(response) == [("cursor", "invalid_cursor")]


@pytest.mark.parametrize(
    "other", ["/get_appointments?", f"{URL}?type=one-off&", "/api/v1/therapists?"]
)
def test_a_cursor_belongs_to_its_list_and_filters(api, staff, seven, other):
    cursor = cursor_of(api, staff, f"{URL}?page_size=2")

    response = api(staff).get(f"{other}page_size=2&cursor={cursor}")

    assert response.status_code == 400
    assert refusals(response) == [("cursor", "invalid_cursor")]


def test_a_cursor_may_be_used_with_another_page_size(api, staff, seven):
    cursor = cursor_of(api, staff, f"{URL}?page_size=2")

    assert ids(api(staff).get(f"{URL}/?page_size=3&cursor={cursor}")) == seven[2:5]


def test_a_cursor_shows_nobody_more_than_they_may_see(api, staff, seven):
    cursor = cursor_of(api, staff, f"{URL}?page_size=2")

    assert ids(api(UserFactory()).get(URL, {"cursor": cursor})) == []


def test_a_page_has_fifty_unless_asked_for_up_to_two_hundred(api, staff):
    AppointmentFactory.create_batch(52, therapist=TherapistFactory(), client=staff)

    assert len(ids(api(staff).get(URL))) == 50
    assert len(ids(api(staff).get(URL, {"page_size": 200}))) == 52


@pytest.mark.parametrize("role", ["client", "therapist", "staff"])
def test_a_list_is_one_query_whatever_its_length(api, role):
    therapist = TherapistFactory(signs_in=True, specialisms=["Anxiety", "Sleep"])
    user = therapist.user if role == "therapist" else UserFactory(staff=role == "staff")
    query = {"specialisms": "Sleep,Anxiety", "start": "2029-01-01", "end": "2199-01-01"}
    AppointmentFactory.create_batch(30, therapist=therapist, available=True)

    with CaptureQueriesContext(connection) as captured:
        found = ids(api(user).get(URL, query))

    assert len(found) == 30
    assert len(captured) == 1
