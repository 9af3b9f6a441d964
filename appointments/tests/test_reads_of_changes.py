"""The log of reads: responses to requests that could have changed something."""

import pytest

from accounts.tests.factories import UserFactory
from appointments.models import AppointmentRead
from appointments.tests.factories import (
    FIRST_SESSION,
    AppointmentFactory,
    SeriesFactory,
    booking_request,
    get_user,
)
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db

MOVES = {
    "appointment": lambda row: f"/api/v1/appointments/{row.pk}/move",
    "series": lambda row: f"/api/v1/series/{row.series_id}/move",
}
PREVIEW = "/api/v1/series/preview"


@pytest.fixture
def row(therapist):
    """The first of two appointments of a series."""
    return SeriesFactory(therapist=therapist).appointments.first()


def list_reads():
    return list(AppointmentRead.objects.values_list("user_id", "client_id"))


@pytest.mark.parametrize("role", ["practice", "therapist"])
@pytest.mark.parametrize("route", MOVES)
def test_a_move_to_where_it_is_is_logged_as_a_read(api, row, route, role):
    user, before = get_user(row, role), row.history.count()

    response = api(user).post(MOVES[route](row), {"start": row.start.isoformat()})

    assert response.json()["client"]["id"] == row.client_id
    assert row.history.count() == before
    assert list_reads() == [(user.pk, row.client_id)]


@pytest.mark.parametrize("route", MOVES)
def test_a_clients_move_to_where_it_is_is_not_logged(api, row, route):
    start = {"start": row.start.isoformat()}

    response = api(row.client).post(MOVES[route](row), start)

    assert response.status_code == 200
    assert list_reads() == []


def test_the_response_to_a_change_is_logged_by_its_history_alone(api, clerk, row):
    headers = {"Idempotency-Key": "k-1"}
    body = {"start": row.start.replace(hour=15).isoformat()}
    before = row.history.count()

    moves = [
        api(clerk).post(MOVES["appointment"](row), body, headers=headers)
        for _ in range(2)
    ]

    assert {move.json()["client"]["id"] for move in moves} == {row.client_id}
    assert moves[1]["Idempotent-Replayed"] == "true"
    assert row.history.count() == before + 1
    assert list_reads() == []


def test_a_preview_that_shows_when_a_client_is_busy_is_logged(api, clerk, therapist):
    client = AppointmentFactory(start=FIRST_SESSION).client
    body = _get_series_plan(therapist, client_id=client.pk)

    dates = api(clerk).post(PREVIEW, body).json()["dates"]

    assert [error["code"] for error in dates[0]["errors"]] == ["client_busy"]
    assert list_reads() == [(clerk.pk, client.pk)]


def test_a_preview_that_shows_nothing_of_another_is_not_logged(api, appointment):
    therapist, client = appointment.therapist, appointment.client
    by_therapist = _get_series_plan(therapist, client_id=client.pk)

    previews = [
        api(therapist.user).post(PREVIEW, by_therapist),
        api(UserFactory()).post(PREVIEW, _get_series_plan(TherapistFactory())),
    ]

    assert {preview.status_code for preview in previews} == {200}
    assert list_reads() == []


def _get_series_plan(therapist, **changes):
    return booking_request(therapist, every_weeks=1, count=2) | changes
