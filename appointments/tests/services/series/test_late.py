"""The notice for cancelling, for the dates of a series that move."""

import pytest

from appointments.models.statuses import Role
from appointments.tests.factories import FIRST_SESSION, HOUR, get_user
from appointments.tests.services.series import (
    WEEK,
    get_url,
    list_dates,
    list_rows,
    list_starts,
)

pytestmark = pytest.mark.django_db

LATE = FIRST_SESSION - HOUR
THURSDAY = "2030-01-10T10:00:00Z"


def test_a_date_within_the_notice_refuses_the_clients_move(
    series_api, series, clock, nothing_changes
):
    clock.move_to(LATE)

    with nothing_changes():
        response = series_api.post(f"{get_url(series)}/move", {"start": THURSDAY})

    assert response.status_code == 422
    assert list_dates(response) == [(THURSDAY, ["too_late_to_cancel"])]


def test_the_client_moves_the_dates_after_the_notice(series_api, series, clock):
    clock.move_to(LATE)
    second = FIRST_SESSION + WEEK
    body = {"from": second.isoformat(), "start": "2030-01-17T10:00:00Z"}

    response = series_api.post(f"{get_url(series)}/move", body)

    assert response.status_code == 200
    assert list_starts()[:2] == ["01-07 09:00", "01-17 10:00"]
    assert list_rows("moved_late") == [(False,)] * 4


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.PRACTICE])
@pytest.mark.parametrize("cancelled", ["the series", "the date"])
def test_a_date_moved_within_the_notice_is_cancelled_late(
    api, series, clock, role, cancelled
):
    clock.move_to(LATE)
    user = get_user(series, role)
    moved = api(user).post(f"{get_url(series)}/move", {"start": THURSDAY})
    first = series.appointments.get(occurrence=1)
    url = get_url(series)
    if cancelled == "the date":
        url = f"/api/v1/appointments/{first.pk}"

    response = api(series.client).post(f"{url}/cancel")

    assert (moved.status_code, response.status_code) == (200, 200)
    assert list_rows("moved_late") == [(True,), *[(False,)] * 3]
    assert list_rows("cancelled_late") == [(True,), *[(False,)] * 3]


def test_a_date_that_stays_where_it_is_is_not_moved_late(api, series, clock):
    clock.move_to(LATE)
    body = {"start": FIRST_SESSION.isoformat()}

    response = api(series.therapist.user).post(f"{get_url(series)}/move", body)

    assert response.status_code == 200
    assert list_rows("moved_late") == [(False,)] * 4
