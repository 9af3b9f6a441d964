"""Cancelling a series, or one date of it."""

import pytest

from appointments.models import Appointment
from appointments.tests.factories import (
    FIRST_SESSION,
    HOUR,
    AppointmentFactory,
    get_user,
)
from appointments.tests.services.series import (
    URL,
    WEEK,
    get_url,
    list_dates,
    list_rows,
    series_request,
)
from booking.tests import codes
from therapists.tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


def test_every_upcoming_date_is_cancelled(series_api, clock, series):
    clock.move_to(FIRST_SESSION + HOUR)

    response = series_api.post(f"{get_url(series)}/cancel", {"reason": "travel"})

    assert response.status_code == 200, response.json()
    assert [date["status"] for date in response.json()["dates"]] == [
        "booked",
        *["cancelled"] * 3,
    ]
    fields = ("cancelled_by", "cancellation_reason", "cancelled_late", "is_exception")
    assert list_rows(*fields)[1:] == [("client", "travel", False, False)] * 3


def test_a_date_and_those_after_it_are_cancelled(series_api, series):
    third = FIRST_SESSION + 2 * WEEK

    response = series_api.post(f"{get_url(series)}/cancel", {"from": third.isoformat()})

    assert response.status_code == 200
    assert list_rows("status") == [("booked",)] * 2 + [("cancelled",)] * 2


def test_one_date_within_the_notice_refuses_the_client(
    series_api, clock, series, nothing_changes
):
    clock.move_to(FIRST_SESSION - HOUR)

    with nothing_changes():
        response = series_api.post(f"{get_url(series)}/cancel")

    assert response.status_code == 422
    assert list_dates(response) == [("2030-01-07T09:00:00Z", ["too_late_to_cancel"])]


def test_the_therapist_cancels_within_the_notice_as_late(api, clock, series):
    clock.move_to(FIRST_SESSION - HOUR)

    response = api(series.therapist.user).post(f"{get_url(series)}/cancel")

    assert response.status_code == 200
    assert list_rows("cancelled_by", "cancelled_late") == [
        ("therapist", True),
        *[("therapist", False)] * 3,
    ]


@pytest.mark.parametrize("role", ["client", "therapist", "practice"])
def test_a_date_moved_to_a_colleague_has_the_colleagues_notice(
    api, clerk, series, role
):
    colleague = TherapistFactory(cancellation_notice_hours=24 * 365)
    last = series.appointments.get(occurrence=4)
    body = {"start": "2030-01-29T09:00Z", "therapist_id": colleague.pk}
    api(clerk).post(f"/api/v1/appointments/{last.pk}/move", body)
    user = get_user(series, role)

    response = api(user).post(f"{get_url(series)}/cancel")

    assert response.status_code == (422 if role == "client" else 200)
    expected = {
        "client": [("booked", False)] * 4,
        "therapist": [("cancelled", False)] * 3 + [("booked", False)],
        "practice": [("cancelled", False)] * 3 + [("cancelled", True)],
    }
    assert list_rows("status", "cancelled_late") == expected[role]


def test_a_published_date_is_republished(client_api, series_therapist):
    published = AppointmentFactory(
        therapist=series_therapist, available=True, start=FIRST_SESSION + WEEK
    )
    request = series_request(series_therapist, count=2)
    id = client_api.post(URL, request).json()["id"]

    response = client_api.post(f"{URL}/{id}/cancel")

    assert response.status_code == 200
    [republished] = Appointment.objects.filter(status="available")
    assert (republished.start, republished.end) == (published.start, published.end)
    assert republished.series is None


def test_cancelling_twice_is_refused(series_api, series, nothing_changes):
    series_api.post(f"{get_url(series)}/cancel")

    with nothing_changes():
        response = series_api.post(f"{get_url(series)}/cancel")

    assert response.status_code == 409
    assert codes(response) == ["nothing_to_come"]


def test_a_date_cancelled_alone_is_an_exception(series_api, series):
    second = series.appointments.get(occurrence=2)

    response = series_api.post(f"/api/v1/appointments/{second.pk}/cancel")

    place = {"id": series.pk, "occurrence": 2, "is_exception": True}
    assert response.json()["series"] == place
    statuses = [status for (status,) in list_rows("status")]
    assert statuses == ["booked", "cancelled", "booked", "booked"]
