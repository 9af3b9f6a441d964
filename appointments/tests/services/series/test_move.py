"""Moving a series, or one date of it."""

from datetime import timedelta

import pytest

from appointments.tests.factories import (
    FIRST_SESSION,
    AppointmentFactory,
)
from appointments.tests.services.series import (
    WEEK,
    get_url,
    list_dates,
    list_rows,
    list_starts,
)

pytestmark = pytest.mark.django_db


def test_a_date_and_those_after_it_move_to_another_weekday(series_api, series):
    response = series_api.post(
        f"{get_url(series)}/move",
        {"from": "2030-01-14T09:00Z", "start": "2030-01-17T10:30Z"},
    )

    assert response.status_code == 200, response.json()
    assert list_starts() == ["01-07 09:00", "01-17 10:30", "01-24 10:30", "01-31 10:30"]
    assert {exception for (exception,) in list_rows("is_exception")} == {False}
    series.refresh_from_db()
    assert series.start == FIRST_SESSION


def test_a_series_can_move_onto_its_own_dates(series_api, series):
    response = series_api.post(
        f"{get_url(series)}/move", {"start": "2030-01-14T09:00Z"}
    )

    assert response.status_code == 200, response.json()
    assert list_starts() == ["01-14 09:00", "01-21 09:00", "01-28 09:00", "02-04 09:00"]
    series.refresh_from_db()
    assert series.start == FIRST_SESSION + WEEK


def test_a_moved_series_keeps_its_local_time(series_api, series):
    response = series_api.post(
        f"{get_url(series)}/move", {"start": "2030-03-18T09:00Z"}
    )

    assert response.status_code == 200, response.json()
    assert list_starts() == ["03-18 09:00", "03-25 09:00", "04-01 08:00", "04-08 08:00"]


def test_one_date_that_fails_refuses_the_move(series_api, series, nothing_changes):
    start = FIRST_SESSION + WEEK + timedelta(days=3)
    AppointmentFactory(therapist=series.therapist, start=start)

    with nothing_changes():
        response = series_api.post(
            f"{get_url(series)}/move", {"start": "2030-01-10T09:00Z"}
        )

    assert response.status_code == 409
    assert list_dates(response) == [("2030-01-17T09:00:00Z", ["therapist_busy"])]


def test_a_move_onto_available_appointments_is_refused(
    series_api, series_therapist, series, nothing_changes
):
    thursday = FIRST_SESSION + timedelta(days=3)
    for start in (thursday, thursday + 2 * WEEK):
        AppointmentFactory(therapist=series_therapist, available=True, start=start)

    with nothing_changes():
        response = series_api.post(
            f"{get_url(series)}/move", {"start": thursday.isoformat()}
        )

    assert response.status_code == 409
    assert list_dates(response) == [
        ("2030-01-10T09:00:00Z", ["therapist_busy"]),
        ("2030-01-24T09:00:00Z", ["therapist_busy"]),
    ]


def test_moving_to_the_same_start_changes_nothing(series_api, series, nothing_changes):
    with nothing_changes():
        response = series_api.post(
            f"{get_url(series)}/move", {"start": FIRST_SESSION.isoformat()}
        )

    assert response.status_code == 200


def test_a_date_moved_alone_does_not_move_with_the_series(series_api, series):
    second = series.appointments.get(occurrence=2)
    series_api.post(
        f"/api/v1/appointments/{second.pk}/move", {"start": "2030-01-17T09:00Z"}
    )

    response = series_api.post(
        f"{get_url(series)}/move", {"start": "2030-01-07T10:00Z"}
    )

    assert response.status_code == 200, response.json()
    assert list_starts() == ["01-07 10:00", "01-17 09:00", "01-21 10:00", "01-28 10:00"]
    assert list_rows("occurrence", "is_exception") == [
        (1, False),
        (2, True),
        (3, False),
        (4, False),
    ]


def test_staff_move_a_series_against_the_rules(api, clerk, series):
    response = api(clerk).post(
        f"{get_url(series)}/move", {"start": "2030-01-08T09:00Z"}
    )

    assert response.status_code == 200
    assert list_rows("overridden") == [(["outside_working_hours"],)] * 4
