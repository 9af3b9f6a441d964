"""Dates that cannot be booked."""

from datetime import timedelta

import pytest

from appointments.models import Appointment
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from appointments.tests.services.series import (
    URL,
    WEEK,
    list_dates,
    list_mondays,
    series_request,
)
from booking.tests import codes
from therapists.tests.factories import (
    AbsenceFactory,
    TherapistFactory,
)

pytestmark = pytest.mark.django_db


def test_every_date_that_fails_is_listed_and_none_is_booked(
    therapist, nothing_changes, client_api
):
    AbsenceFactory(
        therapist=therapist,
        start=FIRST_SESSION + WEEK,
        end=FIRST_SESSION + WEEK + HOUR,
    )
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION + 2 * WEEK)

    with nothing_changes():
        response = client_api.post(URL, series_request(therapist))

    assert response.status_code == 409
    _, second, third, _ = list_mondays(4)
    assert list_dates(response) == [
        (second, ["therapist_absent"]),
        (third, ["therapist_busy"]),
    ]
    errors = [(error["attr"], error["code"]) for error in response.json()["errors"]]
    assert errors == [(second, "therapist_absent"), (third, "therapist_busy")]


def test_broken_rules_without_a_conflict_are_422(
    therapist, nothing_changes, client_api
):
    with nothing_changes():
        response = client_api.post(
            URL, series_request(therapist, start="2030-01-07T11:15Z", duration=50)
        )

    assert response.status_code == 422
    every = ["wrong_duration", "outside_working_hours", "off_grid"]
    assert list_dates(response) == [
        (start.replace("09:00", "11:15"), every) for start in list_mondays(4)
    ]


def test_a_date_at_a_skipped_time_is_refused_and_not_shifted(
    nothing_changes, client_api
):
    therapist = TherapistFactory(time_zone="Europe/London")
    skipped = {"start": "2030-03-24T01:30Z", "count": 2, "duration": 60}

    with nothing_changes():
        response = client_api.post(URL, series_request(therapist, **skipped))

    assert response.status_code == 422
    assert list_dates(response) == [("2030-03-31T01:30:00", ["nonexistent_time"])]


def test_a_type_that_is_not_offered_is_refused(therapist, nothing_changes, client_api):
    with nothing_changes():
        response = client_api.post(URL, series_request(therapist, type="consultation"))

    assert response.status_code == 422
    assert codes(response) == ["type_not_offered"]


def test_an_expired_hold_refuses_no_date(therapist, clock, client_api):
    AppointmentFactory(therapist=therapist, held=True, start=FIRST_SESSION + WEEK)
    clock.shift(timedelta(minutes=11))

    response = client_api.post(URL, series_request(therapist))

    assert response.status_code == 201, response.json()
    assert Appointment.objects.count() == 4
