"""Searching for times to which an appointment can be moved."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.availability.openings import MONDAY, open_on
from appointments.tests.factories import HOUR, AppointmentFactory
from booking.tests import refusals
from therapists.models import Therapist
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/slots"
TEN = MONDAY + timedelta(hours=10)


@pytest.fixture
def ada():
    """A therapist who starts each half hour, on Mondays from 9 to 12."""
    therapist = TherapistFactory(slotted=True, signs_in=True, start_step_minutes=30)
    OfferingFactory(therapist=therapist)
    open_on(therapist, 1, "09:00-12:00")
    return therapist


@pytest.fixture
def mine(ada):
    return AppointmentFactory(therapist=ada, start=TEN)


def search(api, user, row, **changes):
    query = {"start": "2030-01-07", "end": "2030-01-07", "type": "one-off"}
    query |= {"therapist_id": row.therapist_id} | changes
    return api(user).get(URL, query | {"ignore_appointment": row.pk})


def list_starts(response):
    assert response.status_code == 200, response.content
    return [slot["start"][11:16] for slot in response.json()["results"]]


@pytest.mark.parametrize("user", ["client", "therapist", "clerk"])
def test_the_own_time_is_not_in_the_way(api, clerk, ada, mine, user):
    user = {"client": mine.client, "therapist": ada.user, "clerk": clerk}[user]

    response = search(api, user, mine)

    assert list_starts(response) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_every_time_found_can_be_moved_to(api, ada, mine):
    AppointmentFactory(therapist=ada, start=TEN + HOUR)
    client = api(mine.client)

    starts = list_starts(search(api, mine.client, mine))

    assert starts == ["09:00", "09:30", "10:00"]
    for start in starts[:2]:
        body = {"start": f"2030-01-07T{start}Z"}
        moved = client.post(f"/api/v1/appointments/{mine.pk}/move", body)
        assert moved.status_code == 200, moved.content


def test_a_published_time_is_not_moved_to(api, ada, mine):
    AppointmentFactory(therapist=ada, start=TEN - HOUR, available=True)

    assert "09:00" not in list_starts(search(api, mine.client, mine))


def test_an_appointment_of_another_length_has_no_times(api, ada, mine):
    ada.offerings.update(duration=30)

    assert list_starts(search(api, mine.client, mine)) == []


def test_what_is_too_late_to_move_has_no_times(api, ada, mine):
    Therapist.objects.update(cancellation_notice_hours=24 * 365)

    assert list_starts(search(api, mine.client, mine)) == []
    assert list_starts(search(api, ada.user, mine)) != []


def test_pages_keep_to_the_search(api, mine):
    first = search(api, mine.client, mine, page_size=3).json()
    second = api(mine.client).get(first["next"])

    assert list_starts(second) == ["10:30", "11:00"]


@pytest.mark.parametrize("kind", ["of others", "available", "cancelled", "unknown"])
def test_one_that_cannot_be_moved_is_like_one_that_does_not_exist(api, ada, mine, kind):
    row = {
        "of others": lambda: AppointmentFactory(therapist=ada),
        "available": lambda: AppointmentFactory(therapist=ada, available=True),
        "cancelled": lambda: AppointmentFactory(
            therapist=ada, client=mine.client, cancelled=True
        ),
        "unknown": lambda: AppointmentFactory.build(pk=999_999_999, therapist=ada),
    }[kind]()

    response = search(api, mine.client, row)

    assert response.status_code == 400
    assert refusals(response) == [("ignore_appointment", "unknown_appointment")]


def test_it_needs_a_token(api, mine):
    response = search(api, None, mine)

    assert (response.status_code, refusals(response)) == (
        401,
        [(None, "not_authenticated")],
    )


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"type": "consultation"}, [("type", "other_type")]),
        ({"per_day": "first"}, [("ignore_appointment", "excludes_per_day")]),
    ],
)
def test_an_unusable_request_is_refused(api, mine, changes, refused):
    response = search(api, mine.client, mine, **changes)

    assert (response.status_code, refusals(response)) == (400, refused)


def test_a_stranger_learns_nothing_by_ignoring(api, mine):
    stranger = UserFactory()

    response = search(api, stranger, mine)

    assert response.status_code == 400
