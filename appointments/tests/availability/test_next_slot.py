"""The first slot of one therapist."""

from datetime import UTC, datetime

import pytest

from appointments.tests.factories import AppointmentFactory
from booking.tests import refusals

pytestmark = pytest.mark.django_db


def test_the_next_slot_is_the_first_one(api, therapist):
    AppointmentFactory(therapist=therapist, start=datetime(2029, 12, 3, 9, tzinfo=UTC))

    response = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot?type=one-off")

    assert response.json()["start"] == "2029-12-03T10:00:00Z"


def test_the_next_slot_is_null_if_there_is_none(api, therapist):
    response = api().get(
        f"/api/v1/therapists/{therapist.pk}/next_slot?type=consultation"
    )

    assert response.status_code == 200
    assert response.content == b"null"


@pytest.mark.parametrize(
    ("filters", "refusal"),
    [
        ({}, ("type", "required")),
        ({"type": "group"}, ("type", "invalid_choice")),
        ({"type": "one-off", "page_size": 1}, ("page_size", "unknown_parameter")),
        ({"type": "one-off", "start": "2030-01-07"}, ("start", "unknown_parameter")),
    ],
)
def test_invalid_filters_of_the_next_slot_are_refused(api, therapist, filters, refusal):
    response = api().get(f"/api/v1/therapists/{therapist.pk}/next_slot", filters)

    assert response.status_code == 400
    assert refusals(response) == [refusal]
