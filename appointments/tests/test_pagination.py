"""How the list is paged."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

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


def test_pages_lead_forwards_and_back_across_equal_starts(api, staff, seven):
    forward = walk(api, staff, "next", f"{URL}?page_size=2&type=one-off")

    assert forward == [seven[:2], seven[2:4], seven[4:6], seven[6:]]
    page = api(staff).get(f"{URL}?page_size=2&type=one-off").json()
    while page["next"]:
        last, page = page["next"], api(staff).get(page["next"]).json()
    back = walk(api, staff, "previous", last)
    assert back == [seven[6:], seven[4:6], seven[2:4], seven[:2]]


def test_the_last_page_has_no_next_page(api, staff, seven):
    assert api(staff).get(f"{URL}?page_size=7").json()["next"] is None
    almost = api(staff).get(f"{URL}?page_size=6").json()
    assert almost["previous"] is None
    rest = api(staff).get(almost["next"]).json()
    assert [row["id"] for row in rest["results"]] == seven[6:]
    assert rest["next"] is None


def test_an_emptied_last_page_links_to_the_page_before(api, staff, seven):
    first = api(staff).get(f"{URL}?page_size=4").json()
    Appointment.objects.filter(pk__in=seven[4:]).delete()

    empty = api(staff).get(first["next"]).json()

    assert (empty["results"], empty["next"]) == ([], None)
    assert ids(api(staff).get(empty["previous"])) == seven[:4]


def test_an_emptied_first_page_links_to_the_next_page(api, staff, seven):
    first = api(staff).get(f"{URL}?page_size=4").json()
    second = api(staff).get(first["next"]).json()
    Appointment.objects.filter(pk__in=seven[:4]).delete()

    empty = api(staff).get(second["previous"]).json()

    assert (empty["results"], empty["previous"]) == ([], None)
    assert ids(api(staff).get(empty["next"])) == seven[4:]


@pytest.mark.parametrize(
    "inserted", [FIRST_SESSION - HOUR, FIRST_SESSION, FIRST_SESSION + 9 * HOUR]
)
def test_pages_skip_and_repeat_nothing_while_rows_are_inserted(
    api, staff, seven, inserted
):
    listed, url = [], f"{URL}?page_size=2"
    while url:
        page = api(staff).get(url)
        listed += ids(page)
        url = page.json()["next"] if len(listed) < 20 else None
        AppointmentFactory(start=inserted)
        inserted += timedelta(seconds=60)

    assert [id for id in listed if id in seven] == seven
    assert len(listed) == len(set(listed))


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


def test_a_cursor_works_with_another_page_size(api, staff, seven):
    cursor = cursor_of(api, staff, f"{URL}?page_size=2")

    assert ids(api(staff).get(f"{URL}/?page_size=3&cursor={cursor}")) == seven[2:5]


def test_a_cursor_shows_another_user_only_what_they_may_see(api, staff, seven):
    cursor = cursor_of(api, staff, f"{URL}?page_size=2")

    assert ids(api(UserFactory()).get(URL, {"cursor": cursor})) == []


def test_a_page_has_50_rows_or_up_to_200_on_request(api, staff):
    AppointmentFactory.create_batch(52, therapist=TherapistFactory(), client=staff)

    assert len(ids(api(staff).get(URL))) == 50
    assert len(ids(api(staff).get(URL, {"page_size": 200}))) == 52
