"""Requests for a series that are refused before its dates are checked."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.services.series import URL, series_request
from booking.tests import refusals
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "changes", "status", "refusal"),
    [
        pytest.param("practice", {}, 400, ("client_id", "required"), id="no client"),
        pytest.param(
            "client",
            {"client_id": 1},
            403,
            (None, "permission_denied"),
            id="a client who names one",
        ),
        pytest.param(
            "therapist",
            {"client_id": "stranger"},
            400,
            ("client_id", "does_not_exist"),
            id="a stranger",
        ),
        pytest.param(
            "therapist",
            {"client_id": "therapist"},
            400,
            ("client_id", "own_therapist"),
            id="the therapist",
        ),
        pytest.param(
            "client",
            {"therapist_id": 10**9},
            400,
            ("therapist_id", "does_not_exist"),
            id="a missing therapist",
        ),
    ],
)
def test_participants_are_refused_as_for_one_appointment(
    api, clerk, therapist, nothing_changes, role, changes, status, refusal
):
    people = {"practice": clerk, "therapist": therapist.user, "client": UserFactory()}
    named = {"stranger": UserFactory().pk, "therapist": therapist.user.pk}
    changes = {field: named.get(value, value) for field, value in changes.items()}

    with nothing_changes():
        response = api(people[role]).post(URL, series_request(therapist, **changes))

    assert response.status_code == status
    assert refusals(response) == [refusal]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"every_weeks": 0}, "every_weeks"),
        ({"every_weeks": 9}, "every_weeks"),
        ({"count": 1}, "count"),
        ({"count": 53}, "count"),
        ({"count": "a few"}, "count"),
        ({"on_conflict": "ignore"}, "on_conflict"),
        ({"duration": 4}, "duration"),
        ({"type": "group"}, "type"),
        ({"start": "2029-12-01T08:00Z"}, "start"),
        ({"start": None}, "start"),
        ({"start": "2030-01-07"}, "start"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(
    therapist, nothing_changes, changes, field, client_api
):
    with nothing_changes():
        response = client_api.post(URL, series_request(therapist, **changes))

    assert response.status_code == 400
    assert [attr for attr, _ in refusals(response)] == [field]


def test_a_date_more_than_ten_years_away_is_refused(
    api, clerk, therapist, nothing_changes
):
    far = {"start": "2033-01-03T09:00Z", "every_weeks": 8, "count": 52}
    far["client_id"] = UserFactory().pk

    with nothing_changes():
        response = api(clerk).post(URL, series_request(therapist, **far))

    assert response.status_code == 400
    assert refusals(response) == [("start", "out_of_range")]


def test_the_duration_is_required_without_an_offering(nothing_changes, client_api):
    therapist = TherapistFactory()

    with nothing_changes():
        response = client_api.post(URL, series_request(therapist))

    assert response.status_code == 400
    assert refusals(response) == [("duration", "required")]
