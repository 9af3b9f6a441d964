"""Which series a user sees and changes, and in which version."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.tests.factories import SeriesFactory
from appointments.tests.services.series import URL, get_url
from booking.tests import codes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("operation", ["", "/move", "/cancel"])
def test_another_clients_series_is_not_found(api, series, operation):
    stranger = api(UserFactory())
    body = {"start": "2030-01-08T09:00Z"} if operation == "/move" else {}

    path = get_url(series) + operation
    response = stranger.post(path, body) if operation else stranger.get(path)

    assert response.status_code == 404
    assert stranger.get(URL).json()["results"] == []


def test_the_client_the_therapist_and_staff_see_the_series(api, clerk, series):
    for person in (series.client, series.therapist.user, clerk):
        [row] = api(person).get(URL).json()["results"]
        assert row == api(person).get(get_url(series)).json()
        assert row["client"]["id"] == series.client.pk
        assert row["created_at"] == f"{series.created_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        assert len(row["dates"]) == 4


def test_the_list_runs_a_fixed_number_of_queries(api, clerk):
    client, counts = api(clerk), []
    for number in (1, 4):
        for n in range(number):
            SeriesFactory(start=datetime(2031, number, 6 + n, 9, tzinfo=UTC))
        with CaptureQueriesContext(connection) as statements:
            assert client.get(URL).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_a_change_of_a_date_changes_the_etag(series_api, series):
    before = series_api.get(get_url(series))["ETag"]
    first = series.appointments.get(occurrence=1)
    series_api.post(f"/api/v1/appointments/{first.pk}/cancel")

    stale = series_api.post(f"{get_url(series)}/cancel", headers={"If-Match": before})
    fresh = series_api.post(
        f"{get_url(series)}/cancel",
        headers={"If-Match": series_api.get(get_url(series))["ETag"]},
    )

    assert (stale.status_code, codes(stale)) == (412, ["precondition_failed"])
    assert fresh.status_code == 200
    assert fresh["ETag"] == series_api.get(get_url(series))["ETag"] != before
