"""The preview of a series, with the nearest slots for dates that are refused."""

from datetime import time, timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import FIRST_SESSION, HOUR, AppointmentFactory
from appointments.tests.services.series import URL, WEEK, series_request
from therapists.tests.factories import (
    AbsenceFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


def test_a_preview_lists_refusals_and_alternatives_and_writes_nothing(
    api, therapist, nothing_changes
):
    client = UserFactory()
    AppointmentFactory(therapist=therapist, start=FIRST_SESSION + WEEK)
    AppointmentFactory(client=client, start=FIRST_SESSION + WEEK + 2 * HOUR)

    with nothing_changes():
        response = api(client).post(
            f"{URL}/preview", series_request(therapist, count=3)
        )

    assert response.status_code == 200, response.json()
    first, second, third = response.json()["dates"]
    assert (first["errors"], first["nearest"]) == ([], None)
    assert [error["code"] for error in second["errors"]] == ["therapist_busy"]
    # 10:30 and 11:00 are free for the therapist; the client is busy from 11:00.
    assert second["nearest"] == {"day": None, "week": None}
    assert third["errors"] == []


def test_the_nearest_slot_of_the_week_is_the_nearest_in_time(therapist, client_api):
    WorkingHoursFactory(therapist=therapist, weekday=3, end=time(10))
    AbsenceFactory(
        therapist=therapist,
        start=FIRST_SESSION + WEEK,
        end=FIRST_SESSION + WEEK + 2 * HOUR,
    )

    response = client_api.post(f"{URL}/preview", series_request(therapist, count=2))

    assert response.json()["dates"][1]["nearest"] == {
        "day": "2030-01-14T11:00:00Z",
        "week": "2030-01-14T11:00:00Z",
    }


def test_a_clients_own_expired_hold_hides_no_slot(api, therapist, clock):
    hold = AppointmentFactory(therapist=therapist, held=True, start=FIRST_SESSION)
    clock.shift(timedelta(minutes=11))

    response = api(hold.client).post(
        f"{URL}/preview", series_request(therapist, start="2030-01-07T09:01Z", count=2)
    )

    assert response.json()["dates"][0]["nearest"] == {
        "day": "2030-01-07T09:00:00Z",
        "week": "2030-01-07T09:00:00Z",
    }


def test_a_distant_date_has_its_nearest_slots(client_api):
    therapist = TherapistFactory(slotted=True, start_step_minutes=5, horizon_days=400)
    OfferingFactory(therapist=therapist, duration=60)
    for weekday in range(1, 8):
        WorkingHoursFactory(
            therapist=therapist, weekday=weekday, start=time(), end=time()
        )

    response = client_api.post(
        f"{URL}/preview",
        series_request(therapist, start="2030-01-07T09:01Z", every_weeks=8, count=6),
    )

    assert response.json()["dates"][5]["nearest"] == {
        "day": "2030-10-14T09:00:00Z",
        "week": "2030-10-14T09:00:00Z",
    }


def test_each_of_many_dates_has_its_nearest_slot(therapist, client_api):
    therapist.start_step_minutes = 5
    therapist.horizon_days = 3650
    therapist.save()
    for weekday in (2, 3, 4, 5, 6, 7):
        WorkingHoursFactory(therapist=therapist, weekday=weekday, end=time(23))
    evenings = {"start": "2030-01-07T20:00Z", "every_weeks": 8, "count": 52}

    response = client_api.post(f"{URL}/preview", series_request(therapist, **evenings))

    nearest = [date["nearest"]["week"] for date in response.json()["dates"]]
    assert None not in nearest
