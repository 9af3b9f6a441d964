"""Refusals that say what would be accepted: the number in the sentence."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from appointments.tests.factories import (
    FIRST_SESSION,
    NOW,
    AppointmentFactory,
    booking_request,
)
from therapists.tests.factories import OfferingFactory, TherapistFactory

pytestmark = pytest.mark.django_db


def get_sentences(response):
    assert response.status_code == 422
    return {error["code"]: error["detail"] for error in response.json()["errors"]}


def test_a_refused_booking_names_what_the_therapist_accepts(add):
    therapist = TherapistFactory(notice_hours=913, horizon_days=17, longest_minutes=55)
    OfferingFactory(therapist=therapist, duration=47)

    far = get_sentences(add(UserFactory(), booking_request(therapist)))

    assert "913" in far["too_soon"]
    assert "17" in far["too_far"]
    assert "47" in far["wrong_duration"]
    assert "55" in far["too_long"]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("cancel", {}),
        ("move", {"start": (FIRST_SESSION + timedelta(days=9)).isoformat()}),
    ],
)
def test_too_late_names_the_notice(api, operation, body):
    therapist = TherapistFactory(cancellation_notice_hours=53)
    row = AppointmentFactory(therapist=therapist, start=NOW + timedelta(hours=52))

    response = api(row.client).post(f"/api/v1/appointments/{row.pk}/{operation}", body)

    assert "53" in get_sentences(response)["too_late_to_cancel"]


@pytest.mark.parametrize(
    ("query", "choice"),
    [
        ("type=group", "consultation"),
        ("status=lost", "no_show"),
        ("ordering=x", "-start"),
    ],
)
def test_an_unknown_choice_is_answered_with_the_choices(api, query, choice):
    response = api(UserFactory()).get(f"/api/v1/appointments?{query}")

    assert response.status_code == 400
    assert choice in response.json()["errors"][0]["detail"]
