"""Filters of the list: one's own, several statuses, the order, one client."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import AppointmentRead
from appointments.tests.factories import FIRST_SESSION, NOW, AppointmentFactory
from booking.tests import refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/appointments"
DAY = timedelta(days=1)


@pytest.fixture
def ada():
    return TherapistFactory(name="Ada", signs_in=True)


@pytest.fixture
def kit():
    return UserFactory(name="Kit Moss", email="kit@example.com")


@pytest.fixture
def rows(ada, kit):
    """A day after the other, what may be Kit's, Ada's, or of others."""
    kinds = {
        "kit with ada": {"therapist": ada, "client": kit},
        "free with ada": {"therapist": ada, "available": True},
        "free elsewhere": {"available": True},
        "kit elsewhere, missed": {"client": kit, "status": "no_show"},
        "kit's hold": {"client": kit, "held": True, "hold_expires_at": NOW + DAY},
        "kit's expired hold": {
            "client": kit,
            "held": True,
            "hold_expires_at": NOW,
            "was_published": True,
        },
        "cancelled by kit": {"client": kit, "cancelled": True},
        "ada as a client": {"client": ada.user},
        "of others": {},
    }
    return {
        name: AppointmentFactory(start=FIRST_SESSION + n * DAY, **kind)
        for n, (name, kind) in enumerate(kinds.items())
    }


@pytest.fixture
def find(api, rows):
    """Return the names of the rows that a user finds."""
    names = {row.pk: name for name, row in rows.items()}

    def get(user, query):
        response = api(user).get(f"{URL}?{query}")
        assert response.status_code == 200, response.content
        return [names[row["id"]] for row in response.json()["results"]]

    return get


def test_mine_leaves_out_what_is_merely_available(find, kit):
    assert find(kit, "mine=true") == [
        "kit with ada",
        "kit elsewhere, missed",
        "kit's hold",
        "cancelled by kit",
    ]
    assert "free elsewhere" in find(kit, "mine=false")


def test_mine_is_a_therapist_s_diary_and_what_they_booked(find, ada):
    assert find(ada.user, "mine=true") == [
        "kit with ada",
        "free with ada",
        "ada as a client",
    ]


def test_mine_of_staff_is_what_they_have_themselves(find, clerk, rows):
    rows["of others"].client = clerk
    rows["of others"].save()

    assert find(clerk, "mine=true") == ["of others"]


@pytest.mark.parametrize(
    "query",
    [
        "status=booked,no_show",
        "status=no_show&status=booked",
        "status=booked, no_show,",
    ],
)
def test_several_statuses_are_separated_by_commas_or_repeated(find, kit, query):
    assert find(kit, query) == ["kit with ada", "kit elsewhere, missed"]


@pytest.mark.parametrize(
    ("statuses", "found"),
    [
        ("held,cancelled", ["kit's hold", "cancelled by kit"]),
        (
            "available,held",
            ["free with ada", "free elsewhere", "kit's hold", "kit's expired hold"],
        ),
        (
            "available,no_show",
            [
                "free with ada",
                "free elsewhere",
                "kit elsewhere, missed",
                "kit's expired hold",
            ],
        ),
    ],
)
@pytest.mark.parametrize("user", ["client", "staff"])
def test_an_expired_hold_counts_as_available(find, kit, clerk, user, statuses, found):
    user = kit if user == "client" else clerk

    assert find(user, f"status={statuses}") == found


def test_a_period_may_have_one_end(find, clerk, rows):
    names = list(rows)

    assert find(clerk, "start=2030-01-12") == names[5:]
    assert find(clerk, "end=2030-01-12") == names[:6]


def test_the_latest_come_first_on_request(api, clerk, rows):
    expected = [row.pk for row in rows.values()][::-1]
    client, found = api(clerk), []

    page = client.get(URL, {"ordering": "-start", "page_size": 4}).json()
    while page:
        found += [row["id"] for row in page["results"]]
        last, page = page, page["next"] and client.get(page["next"]).json()

    assert found == expected
    back = client.get(last["previous"]).json()
    assert [row["id"] for row in back["results"]] == expected[4:8]


def test_staff_list_the_appointments_of_a_client(find, clerk, kit):
    assert find(clerk, f"client_id={kit.pk}") == [
        "kit with ada",
        "kit elsewhere, missed",
        "kit's hold",
        "cancelled by kit",
    ]
    assert find(clerk, f"client_id={kit.pk}&status=booked,held&ordering=-start") == [
        "kit's hold",
        "kit with ada",
    ]
    assert find(clerk, "client_id=999999999") == []


@pytest.mark.parametrize("text", ["moss", "KIT@", "'it mo'", "kit moss"])
def test_staff_search_by_a_part_of_the_client_s_name_or_address(find, clerk, text):
    assert find(clerk, f"search={text}&status=booked") == ["kit with ada"]
    assert AppointmentRead.objects.count() == 1


@pytest.mark.parametrize("text", ["nobody", "%", "_", "ada", "\\"])
def test_a_search_without_a_match_finds_nothing(find, clerk, text):
    assert find(clerk, f"search={text}&therapist_id=1") == []


@pytest.mark.parametrize("who", ["kit", "ada", "without rights"])
@pytest.mark.parametrize("name", ["client_id", "search"])
@pytest.mark.parametrize("url", [URL, "/get_appointments"])
def test_only_staff_may_ask_for_clients(api, kit, ada, url, name, who):
    users = {"kit": kit, "ada": ada.user}
    user = users.get(who) or UserFactory(is_staff=True, group="")

    response = api(user).get(url, {name: 1})

    assert response.status_code == 400
    assert refusals(response) == [(name, "unknown_parameter")]


def test_a_cursor_is_of_one_order_only(api, clerk, rows):
    page = api(clerk).get(URL, {"page_size": 2}).json()

    response = api(clerk).get(f"{page['next']}&ordering=-start")

    assert (response.status_code, refusals(response)) == (
        400,
        [("cursor", "invalid_cursor")],
    )
