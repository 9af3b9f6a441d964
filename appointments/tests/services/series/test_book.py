"""Booking a series."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from appointments.models import Appointment, Series
from appointments.tests.factories import FIRST_SESSION, AppointmentFactory
from appointments.tests.services.series import (
    URL,
    WEEK,
    list_dates,
    list_mondays,
    series_request,
)

pytestmark = pytest.mark.django_db


def test_a_client_books_a_weekly_series(api, therapist):
    client = UserFactory()

    response = api(client).post(URL, series_request(therapist))

    assert response.status_code == 201, response.json()
    assert list_dates(response) == [(start, []) for start in list_mondays(4)]
    dates = Appointment.objects.order_by("start")
    series = Series.objects.get()
    assert [(a.client, a.series, a.occurrence) for a in dates] == [
        (client, series, n) for n in (1, 2, 3, 4)
    ]
    assert [a.busy_until - a.start for a in dates] == [timedelta(minutes=70)] * 4
    assert {a.status for a in dates} == {"booked"}
    assert response.json()["duration"] == 60


def test_dates_keep_their_local_time_when_clocks_change(therapist, client_api):
    response = client_api.post(
        URL,
        series_request(therapist, start="2030-03-18T09:00Z", every_weeks=2, count=3),
    )

    assert [start for start, _ in list_dates(response)] == [
        "2030-03-18T09:00:00Z",
        "2030-04-01T08:00:00Z",
        "2030-04-15T08:00:00Z",
    ]


def test_an_available_appointment_at_a_date_is_booked(therapist, client_api):
    available = AppointmentFactory(
        therapist=therapist, available=True, start=FIRST_SESSION + WEEK
    )

    response = client_api.post(URL, series_request(therapist))

    assert response.status_code == 201, response.json()
    available.refresh_from_db()
    assert (available.status, available.occurrence) == ("booked", 2)
    assert Appointment.objects.count() == 4


def test_the_other_dates_are_booked_if_conflicts_are_skipped(api, therapist):
    client = UserFactory()
    AppointmentFactory(client=client, start=FIRST_SESSION + WEEK)

    response = api(client).post(URL, series_request(therapist, on_conflict="skip"))

    assert response.status_code == 201, response.json()
    assert [errors for _, errors in list_dates(response)] == [
        [],
        ["client_busy"],
        [],
        [],
    ]
    numbers = Series.objects.get().appointments.values_list("occurrence", flat=True)
    assert sorted(numbers) == [1, 3, 4]


def test_a_series_whose_every_date_fails_is_refused_even_with_skipping(
    therapist, nothing_changes, client_api
):
    with nothing_changes():
        response = client_api.post(
            URL,
            series_request(therapist, start="2030-01-08T09:00Z", on_conflict="skip"),
        )

    assert response.status_code == 422
    assert len(list_dates(response)) == 4


def test_staff_book_a_series_for_a_client_against_the_rules(api, clerk, therapist):
    client = UserFactory()

    response = api(clerk).post(
        URL, series_request(therapist, start="2030-01-08T09:00Z", client_id=client.pk)
    )

    assert response.status_code == 201, response.json()
    assert response.json()["client"]["id"] == client.pk
    rows = Appointment.objects.values_list("overridden", "client")
    assert list(rows) == [(["outside_working_hours"], client.pk)] * 4


def test_a_longer_series_takes_no_more_queries(api, therapist):
    counts = [_count_queries(api, therapist, count) for count in (2, 52)]

    assert counts[0] == counts[1] <= 20


def _count_queries(api, therapist, count):
    start = datetime(2030, 1, 7 if count == 2 else 21, 9, tzinfo=UTC)
    with CaptureQueriesContext(connection) as statements:
        response = api(UserFactory()).post(
            URL, series_request(therapist, start=start.isoformat(), count=count)
        )
    assert response.status_code == 201, response.json()
    return len(statements)


def test_a_repeated_request_books_one_series(client_api, therapist):
    request, key = series_request(therapist, count=2), {"Idempotency-Key": "one"}

    responses = [client_api.post(URL, request, headers=key) for _ in range(2)]

    assert [response.status_code for response in responses] == [201, 201]
    assert responses[0].content == responses[1].content
    assert responses[1]["Idempotent-Replayed"] == "true"
    assert Series.objects.count() == 1
